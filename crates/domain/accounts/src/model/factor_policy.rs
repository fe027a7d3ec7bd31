//! When a company asks for second factors beyond those its accounts have chosen (rehive contract §6.1).

use portcullis_kernel::FactorSet;

/// The key of [`FactorPolicy::setup`].
pub(super) const SETUP_TYPES: &str = "mfa_setup_types";
/// The key of [`FactorPolicy::protected`].
pub(super) const AUTHORIZATION_PATHS: &str = "mfa_authorization_paths";

const TYPES: &str = "comma-separated words out of totp, sms and static";
const PATHS: &str = "comma-separated paths such as POST /3/auth/tokens/ or /3/auth/password/*";

/// The rules of a company about second factors. By default it has none of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactorPolicy {
    /// An account without a factor of these kinds must set one up before it can do anything else; none, if empty.
    pub setup: FactorSet,
    /// Requests that need a second factor each time.
    pub protected: Vec<ProtectedPath>,
}

/// Requests to a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedPath {
    /// With this method; with any that changes something, if absent.
    method: Option<String>,
    /// The path, without a final slash.
    path: String,
    /// Whether everything below the path is meant too.
    below: bool,
}

impl FactorPolicy {
    /// Whether a request needs a second factor. A final slash makes no difference.
    #[must_use]
    pub fn protects(&self, method: &str, path: &str) -> bool {
        self.protected.iter().any(|protected| protected.covers(method, path))
    }

    pub(super) fn entries(&self) -> [(&'static str, String); 2] {
        let paths: Vec<_> = self.protected.iter().map(ProtectedPath::to_text).collect();
        [(SETUP_TYPES, self.setup.to_text()), (AUTHORIZATION_PATHS, paths.join(","))]
    }

    /// Sets one of the two from text.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Result<(), &'static str> {
        if key == SETUP_TYPES {
            self.setup = FactorSet::parse(value).ok_or(TYPES)?;
        } else {
            let paths = value.split(',').map(str::trim).filter(|text| !text.is_empty());
            self.protected = paths.map(ProtectedPath::parse).collect::<Option<_>>().ok_or(PATHS)?;
        }
        Ok(())
    }
}

impl ProtectedPath {
    fn parse(text: &str) -> Option<Self> {
        let (method, path) = match text.split_once(' ') {
            Some((method, path)) => (Some(method), path.trim()),
            None => (None, text),
        };
        let is_method = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
        let (path, below) = path.strip_suffix("/*").map_or((path, false), |path| (path, true));
        let plain = path.starts_with('/') && !path.contains(['*', '?', '#', ' ']);
        (method.is_none_or(is_method) && plain).then(|| Self {
            method: method.map(str::to_owned),
            path: path.trim_end_matches('/').to_owned(),
            below,
        })
    }

    fn to_text(&self) -> String {
        let method = self.method.as_ref().map(|method| format!("{method} ")).unwrap_or_default();
        format!("{method}{}/{}", self.path, if self.below { "*" } else { "" })
    }

    fn covers(&self, method: &str, path: &str) -> bool {
        let changes = !["GET", "HEAD", "OPTIONS"].contains(&method);
        let path = path.trim_end_matches('/');
        let rest = path.strip_prefix(self.path.as_str());
        self.method.as_ref().map_or(changes, |own| own == method)
            && rest.is_some_and(|rest| rest.is_empty() || (self.below && rest.starts_with('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(paths: &str) -> FactorPolicy {
        let mut policy = FactorPolicy::default();
        policy.set(AUTHORIZATION_PATHS, paths).unwrap();
        policy
    }

    #[test]
    fn a_path_covers_what_changes_something_there() {
        let policy = policy("/3/auth/password/change/, DELETE /3/auth/tokens/*, GET /3/user/");
        for (method, path, covered) in [
            ("POST", "/3/auth/password/change/", true),
            ("POST", "/3/auth/password/change", true),
            ("GET", "/3/auth/password/change/", false),
            ("POST", "/3/auth/password/change/more/", false),
            ("DELETE", "/3/auth/tokens/", true),
            ("DELETE", "/3/auth/tokens/0a1b2c3d/", true),
            ("DELETE", "/3/auth/tokensandmore/", false),
            ("POST", "/3/auth/tokens/", false),
            ("GET", "/3/user/", true),
            ("POST", "/3/user/", false),
        ] {
            assert_eq!(policy.protects(method, path), covered, "{method} {path}");
        }
    }

    #[test]
    fn every_entry_reads_back() {
        let mut policy = policy("/3/auth/password/change,DELETE /3/auth/tokens/*");
        policy.set(SETUP_TYPES, "static, totp").unwrap();
        let mut copy = FactorPolicy::default();
        for (key, value) in policy.entries() {
            copy.set(key, &value).unwrap();
        }
        assert_eq!(copy, policy);
        assert_eq!(policy.entries()[1].1, "/3/auth/password/change/,DELETE /3/auth/tokens/*");
    }

    #[test]
    fn refuses_what_it_cannot_mean() {
        let mut policy = FactorPolicy::default();
        for (key, value) in [
            (SETUP_TYPES, "totp,push"),
            (AUTHORIZATION_PATHS, "auth/tokens"),
            (AUTHORIZATION_PATHS, "post /3/auth/"),
            (AUTHORIZATION_PATHS, "/3/*/tokens"),
            (AUTHORIZATION_PATHS, "/3/auth/?a=b"),
        ] {
            assert!(policy.set(key, value).is_err(), "{value}");
        }
        assert_eq!(policy, FactorPolicy::default());
    }
}
