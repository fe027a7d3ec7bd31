//! The rules of one door, ready to be asked: made from the rows at most once a second.

use std::collections::HashMap;
use std::net::IpAddr;

use portcullis_kernel::Role;

use super::{
    Network, Permission, PermissionAction, PlainPath, Restriction, RestrictionCategory, RestrictionScope,
};

/// Every rule of a door.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    whitelist: Watchlist,
    maintenance: Watchlist,
    blacklist: Watchlist,
    blocklogin: Watchlist,
    permissions: HashMap<String, Vec<Permission>>,
}

/// Where a client is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The code and the English name of the continent, in lower case.
    pub continent: Vec<String>,
    /// The code and the English name of the country, in lower case.
    pub country: Vec<String>,
    /// The English name of the country, as it is written.
    pub country_name: Option<String>,
}

/// A restriction that keeps a client out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Barred {
    /// What kind.
    pub category: RestrictionCategory,
    /// The HTTP status of the refusal.
    pub code: u16,
}

/// What the permissions of a role say about a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Whether it shall be noted.
    pub noted: bool,
}

/// The restrictions of one category, by scope.
#[derive(Clone, Debug, Default)]
struct Watchlist {
    all: Option<u16>,
    addresses: HashMap<IpAddr, u16>,
    networks: Vec<(Network, u16)>,
    continents: HashMap<String, u16>,
    countries: HashMap<String, u16>,
}

impl Rulebook {
    /// Puts rules together; rows whose value is not understood are passed over.
    #[must_use]
    pub fn new(restrictions: Vec<Restriction>, permissions: Vec<Permission>) -> Self {
        let mut book = Self::default();
        for restriction in restrictions {
            book.watchlist_mut(restriction.category).add(restriction);
        }
        for permission in permissions {
            book.permissions.entry(permission.role.as_str().to_owned()).or_default().push(permission);
        }
        book
    }

    /// The restriction that keeps a client out, if one does. `locate` is asked only if a rule depends on it.
    pub fn barred(
        &self,
        address: IpAddr,
        is_login: bool,
        locate: impl FnOnce() -> Option<Whereabouts>,
    ) -> Option<Barred> {
        use RestrictionCategory::{Blacklist, Blocklogin, Maintenance};
        let lists = [&self.whitelist, &self.maintenance, &self.blacklist, &self.blocklogin];
        let needs_place = lists.iter().any(|list| list.asks_for_places());
        let place = if needs_place { locate() } else { None }.unwrap_or_default();
        let address = address.to_canonical();
        if self.whitelist.hit(address, &place).is_some() {
            return None;
        }
        let barred =
            |category, list: &Watchlist| list.hit(address, &place).map(|code| Barred { category, code });
        barred(Maintenance, &self.maintenance)
            .or_else(|| barred(Blacklist, &self.blacklist))
            .or_else(|| is_login.then(|| barred(Blocklogin, &self.blocklogin)).flatten())
    }

    /// What the permissions of a role say: allowed if one accepts and none drops.
    #[must_use]
    pub fn judge(&self, role: &Role, verb: &str, path: &PlainPath) -> Verdict {
        let of_role = self.permissions.get(role.as_str()).map(Vec::as_slice).unwrap_or_default();
        let (mut accepted, mut dropped, mut noted) = (false, false, false);
        for permission in of_role.iter().filter(|permission| permission.is_about(verb, path.as_str())) {
            match permission.action {
                PermissionAction::Accept => accepted = true,
                PermissionAction::Drop => dropped = true,
                PermissionAction::Audit => noted = true,
            }
        }
        Verdict { allowed: accepted && !dropped, noted }
    }

    /// Whether there is a permission for the role: one without does not exist (barong contract §5.6). Where nobody wrote
    /// any permission down, roles are just words.
    #[must_use]
    pub fn knows(&self, role: &Role) -> bool {
        self.permissions.is_empty() || self.permissions.contains_key(role.as_str())
    }

    fn watchlist_mut(&mut self, category: RestrictionCategory) -> &mut Watchlist {
        match category {
            RestrictionCategory::Whitelist => &mut self.whitelist,
            RestrictionCategory::Maintenance => &mut self.maintenance,
            RestrictionCategory::Blacklist => &mut self.blacklist,
            RestrictionCategory::Blocklogin => &mut self.blocklogin,
        }
    }
}

impl Watchlist {
    fn add(&mut self, restriction: Restriction) {
        let Restriction { scope, value, code, .. } = restriction;
        match scope {
            RestrictionScope::All => self.all = self.all.or(Some(code)),
            RestrictionScope::Ip => {
                if let Ok(address) = value.parse() {
                    self.addresses.entry(address).or_insert(code);
                }
            }
            RestrictionScope::IpSubnet => {
                self.networks.extend(Network::parse(&value).map(|network| (network, code)));
            }
            RestrictionScope::Continent => {
                self.continents.entry(value).or_insert(code);
            }
            RestrictionScope::Country => {
                self.countries.entry(value).or_insert(code);
            }
        }
    }

    fn asks_for_places(&self) -> bool {
        !self.continents.is_empty() || !self.countries.is_empty()
    }

    /// The code of the restriction that is about this client.
    fn hit(&self, address: IpAddr, place: &Whereabouts) -> Option<u16> {
        let by_name = |names: &[String], list: &HashMap<String, u16>| {
            names.iter().find_map(|name| list.get(name).copied())
        };
        let network = || self.networks.iter().find(|(network, _)| network.contains(address));
        self.all
            .or_else(|| self.addresses.get(&address).copied())
            .or_else(|| network().map(|(_, code)| *code))
            .or_else(|| by_name(&place.continent, &self.continents))
            .or_else(|| by_name(&place.country, &self.countries))
    }
}

#[cfg(test)]
mod tests;
