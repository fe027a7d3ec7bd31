use portcullis_kernel::{CompanyId, PermissionId, RestrictionId, Timestamp};

use super::super::ANY_VERB;
use super::*;

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

fn restriction(category: RestrictionCategory, scope: RestrictionScope, value: &str) -> Restriction {
    Restriction {
        id: RestrictionId::parse(NOBODY).unwrap(),
        company: CompanyId::parse(NOBODY).unwrap(),
        category,
        scope,
        value: scope.normal(value).unwrap(),
        code: category.default_code(scope),
        created_at: Timestamp::from_seconds(0),
    }
}

fn permission(role: &str, verb: &str, path: &str, action: PermissionAction) -> Permission {
    Permission {
        id: PermissionId::parse(NOBODY).unwrap(),
        company: CompanyId::parse(NOBODY).unwrap(),
        role: Role::new(role),
        verb: verb.to_owned(),
        path: path.to_owned(),
        action,
        topic: None,
        created_at: Timestamp::from_seconds(0),
    }
}

fn germany() -> Whereabouts {
    let names = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
    Whereabouts {
        continent: names(["eu", "europe"]),
        country: names(["de", "germany"]),
        country_name: Some("Germany".to_owned()),
    }
}

#[test]
fn categories_are_looked_at_in_the_order_of_the_contract() {
    use RestrictionCategory::{Blacklist, Blocklogin, Maintenance, Whitelist};
    use RestrictionScope::{All, Continent, Country, Ip, IpSubnet};
    type Row = (RestrictionCategory, RestrictionScope, &'static str);
    type Case<'a> = (&'a [Row], bool, Option<(RestrictionCategory, u16)>);
    let cases: [Case<'_>; 11] = [
        (&[], true, None),
        (&[(Blacklist, Ip, "192.0.2.1")], false, Some((Blacklist, 401))),
        (&[(Blacklist, Ip, "192.0.2.2")], false, None),
        (&[(Blacklist, IpSubnet, "192.0.2.0/24")], false, Some((Blacklist, 403))),
        (&[(Blacklist, Continent, "Europe")], false, Some((Blacklist, 423))),
        (&[(Blacklist, Country, "DE"), (Blacklist, Country, "FR")], false, Some((Blacklist, 423))),
        (&[(Maintenance, All, "all"), (Blacklist, All, "all")], false, Some((Maintenance, 471))),
        (&[(Maintenance, All, "all"), (Whitelist, Ip, "192.0.2.1")], false, None),
        (&[(Blocklogin, All, "all")], false, None),
        (&[(Blocklogin, All, "all")], true, Some((Blocklogin, 401))),
        (&[(Blocklogin, All, "all"), (Blacklist, Ip, "192.0.2.1")], true, Some((Blacklist, 401))),
    ];
    for (rows, is_login, expected) in cases {
        let rows = rows.iter().map(|(category, scope, value)| restriction(*category, *scope, value));
        let book = Rulebook::new(rows.collect(), Vec::new());
        let barred = book.barred("192.0.2.1".parse().unwrap(), is_login, || Some(germany()));
        assert_eq!(barred.map(|barred| (barred.category, barred.code)), expected);
    }
}

#[test]
fn nobody_is_located_unless_a_rule_depends_on_it() {
    let row = restriction(RestrictionCategory::Blacklist, RestrictionScope::Ip, "192.0.2.2");
    let book = Rulebook::new(vec![row], Vec::new());
    let address = "192.0.2.1".parse().unwrap();
    assert_eq!(book.barred(address, false, || panic!("no rule depends on it")), None);
    let row = restriction(RestrictionCategory::Blacklist, RestrictionScope::Country, "de");
    let book = Rulebook::new(vec![row], Vec::new());
    assert_eq!(book.barred(address, false, || None), None, "an unknown place matches nothing");
}

#[test]
fn a_request_needs_an_accept_and_no_drop() {
    use PermissionAction::{Accept, Audit, Drop};
    let rows = vec![
        permission("member", ANY_VERB, "api/v2/auth/resource", Accept),
        permission("member", "DELETE", "api/v2/auth/resource/users", Drop),
        permission("member", "POST", "api/v2/auth/resource/otp", Audit),
        permission("admin", "GET", "api/v2/admin", Accept),
    ];
    let book = Rulebook::new(Vec::new(), rows);
    for (role, verb, path, allowed, noted) in [
        ("member", "GET", "api/v2/auth/resource/users/me", true, false),
        ("member", "DELETE", "api/v2/auth/resource/users/me", false, false),
        ("member", "POST", "api/v2/auth/resource/otp/enable", true, true),
        ("member", "GET", "api/v2/auth/resources", true, false),
        ("member", "GET", "api/v2/peatio/account", false, false),
        ("admin", "GET", "api/v2/admin/users", true, false),
        ("admin", "POST", "api/v2/admin/users", false, false),
        ("admin", "GET", "api/v2/auth/resource/users/me", false, false),
        ("nobody", "GET", "api/v2/auth/resource/users/me", false, false),
    ] {
        let verdict = book.judge(&Role::new(role), verb, &PlainPath::parse(path).unwrap());
        assert_eq!(verdict, Verdict { allowed, noted }, "{role} {verb} {path}");
    }
    assert!(book.knows(&Role::new("admin")) && !book.knows(&Role::new("nobody")));
    assert!(Rulebook::default().knows(&Role::new("nobody")), "where there are no permissions");
}
