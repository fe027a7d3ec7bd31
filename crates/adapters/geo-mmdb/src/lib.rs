//! Continents and countries of addresses, from a `MaxMind` DB file (format 2.0) such as `GeoLite2-Country.mmdb`.
//!
//! The file is read into memory once. What is damaged in it is an address that nothing is known about.

#[cfg(test)]
mod example;

use std::net::IpAddr;
use std::path::Path;

use maxminddb::{MaxMindDbError, Reader, geoip2};
use portcullis_sessions::{Geography, Whereabouts};

/// A database in memory.
pub struct Atlas(Reader<Vec<u8>>);

/// Why a file is no database.
#[derive(Debug, thiserror::Error)]
pub enum AtlasError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// It is no `MaxMind` DB file, or of a kind that is not understood.
    #[error("it is no MaxMind DB file")]
    Foreign(#[source] MaxMindDbError),
}

impl Atlas {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read or is no database.
    pub fn open(path: &Path) -> Result<Self, AtlasError> {
        Self::read(std::fs::read(path)?)
    }

    /// Takes the content of a file.
    ///
    /// # Errors
    /// If it is no database.
    pub fn read(bytes: Vec<u8>) -> Result<Self, AtlasError> {
        Reader::from_source(bytes).map(Self).map_err(AtlasError::Foreign)
    }
}

impl Geography for Atlas {
    fn locate(&self, address: IpAddr) -> Option<Whereabouts> {
        let geoip2::Country { continent, country, .. } = self.0.lookup(address).ok()?.decode().ok()??;
        let lower = |names: [Option<&str>; 2]| names.into_iter().flatten().map(str::to_lowercase).collect();
        Some(Whereabouts {
            continent: lower([continent.code, continent.names.english]),
            country: lower([country.iso_code, country.names.english]),
            country_name: country.names.english.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(continent: [&str; 2], country: [&str; 2]) -> Whereabouts {
        let names = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        let country_name = Some("Germany".to_owned());
        Whereabouts { continent: names(continent), country: names(country), country_name }
    }

    #[test]
    fn finds_the_place_of_an_address() {
        let atlas = Atlas::read(example::file()).ok().unwrap();
        let find = |address: &str| atlas.locate(address.parse().unwrap());
        assert_eq!(find("128.0.0.1"), Some(place(["eu", "europe"], ["de", "germany"])));
        assert_eq!(find("255.255.255.255"), find("128.0.0.1"));
        assert_eq!(find("127.0.0.1"), None, "an address that no network has");
        assert_eq!(find("2001:db8::1"), None, "a database of IPv4 addresses");
    }

    #[test]
    fn refuses_what_is_no_database() {
        for bytes in [Vec::new(), b"GIF89a".to_vec(), b"\xab\xcd\xefMaxMind.com".to_vec()] {
            assert!(matches!(Atlas::read(bytes), Err(AtlasError::Foreign(_))));
        }
        assert!(matches!(Atlas::open(Path::new("/nowhere/at/all")), Err(AtlasError::Unreadable(_))));
    }

    #[test]
    fn damage_is_an_unknown_address_and_nothing_worse() {
        let whole = example::file();
        for place in 0..whole.len() {
            for byte in [0, 0x20, 0xe0, 0xff] {
                let mut damaged = whole.clone();
                damaged[place] = byte;
                if let Ok(atlas) = Atlas::read(damaged) {
                    let _anything = atlas.locate("128.0.0.1".parse().unwrap());
                }
            }
        }
    }
}
