use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use super::layers::{environment, file, flags};
use super::*;

fn from_flags(pairs: &[(&str, &str)]) -> Result<Effective, Problem> {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned(), "--set".to_owned()))
        .collect();
    resolve(vec![flags(&pairs)])
}

fn from_file(text: &str) -> Result<Effective, Problem> {
    let mut source = tempfile::NamedTempFile::new().unwrap();
    source.write_all(text.as_bytes()).unwrap();
    resolve(vec![file(Some(source.path()))?])
}

fn from_environment(variables: &[(&str, &str)]) -> Result<Effective, Problem> {
    let variables: HashMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    resolve(vec![environment(variables)?])
}

fn line(refused: Result<Effective, Problem>) -> String {
    let line = refused.err().expect("refused").to_string();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

#[test]
fn the_defaults_are_sound() {
    let settings = from_flags(&[]).ok().unwrap().settings;
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.server.public_url, "http://127.0.0.1:8080");
    assert_eq!(settings.issuer, settings.server.public_url);
    assert_eq!(settings.database.url.reveal(), "sqlite:./portcullis-data/portcullis.db");
    assert_eq!(settings.throttle.sign_in, portcullis_kernel::SignInQuota::default());
    assert!(settings.dialects.rehive.enabled && settings.dialects.barong.enabled);
}

#[test]
fn later_layers_win() {
    let mut source = tempfile::NamedTempFile::new().unwrap();
    source.write_all(b"[server]\nlisten = \"127.0.0.1:1\"\nworkers = 1\nkeep_alive = 1\n").unwrap();
    let variables = [("PORTCULLIS__SERVER__WORKERS", "2"), ("PORTCULLIS__SERVER__KEEP_ALIVE", "2")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let last = flags(&[("server.keep_alive".to_owned(), "3".to_owned(), "--set".to_owned())]);
    let layers = vec![file(Some(source.path())).unwrap(), environment(variables).unwrap(), last];
    let server = resolve(layers).ok().unwrap().settings.server;
    assert_eq!((server.listen.port(), server.workers, server.keep_alive.as_secs()), (1, 2, 3));
}

#[test]
fn bad_values_are_named_with_their_key_source_and_accepted_form() {
    let cases = [
        (("server.listen", "nowhere"), "expected an address and a port such as 127.0.0.1:8080"),
        (("server.public_url", "ftp://x"), "expected a URL: http://… or https://…"),
        (("server.client_ip_header", "True Client"), "expected the name of a header such as True-Client-IP"),
        (("server.trusted_proxies", "10.0.0.0/33"), "expected networks such as 10.0.0.0/8 or addresses"),
        (("server.cors_origins", "*,https://a.example"), "expected either * alone or origins"),
        (("server.cors_origins", "https://a.example/"), "without path or trailing slash"),
        (("database.url", "mysql://x"), "expected sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE"),
        (("secrets.master_key", "short"), "a master key is 32 bytes"),
        (("mail.transport", "pigeon"), "expected file or smtp"),
        (("mail.transport", "smtp"), "expected a value, because mail.transport is smtp"),
        (("mail.from", "nobody"), "expected an address such as Portcullis <noreply@example.com>"),
        (("sms.transport", "webhook"), "expected a value, because sms.transport is webhook"),
        (("throttle.enabled", "yes"), "expected true or false"),
        (("throttle.sign_in_per_minute", "1000001"), "expected a whole number, 0 to 1000000"),
        (("passwords.memory_kib", "-1"), "expected a whole number, 0 or more"),
        (("passwords.memory_budget_mib", "1"), "expected room for at least one hash"),
        (("dialects.wikimedia.algorithm", "HS256"), "expected RS256, ES256 or EdDSA"),
        (("dialects.bfore.company", "a b"), "expected a company id"),
        (("dialects.bfore.token_ttl", "0"), "expected a whole number, 1 to"),
        (("dialects.rehive.cookie_secure", "maybe"), "expected auto or true or false"),
        (("dialects.barong.missing_params_status", "500"), "expected 400 or 422"),
        (("dialects.barong.captcha", "recaptcha"), "because dialects.barong.captcha is recaptcha"),
        (("dialects.barong.state_triggers", "asleep:x"), "expected a list of STATE:LABEL"),
        (("dialects.barong.auth0_domain", "x.auth0.com"), "because dialects.barong.auth0_domain has one"),
        (("dialects.barong.password_use_dictionary", "1"), "expected true or false"),
        (("server.lisen", "x"), "unknown key; server has "),
        (("dialects.cobol.enabled", "true"), "unknown key; dialects has barong, bfore, rehive, wikimedia"),
        (("colour", "blue"), "unknown key; there are the sections data, database,"),
        (("server", "x"), "unknown key"),
    ];
    for ((key, value), expected) in cases {
        let line = line(from_flags(&[(key, value)]));
        assert!(line.contains(expected), "{key}={value}: {line}");
        assert!(line.contains('(') && !line.contains("settings ("), "{line} names its source");
    }
}

#[test]
fn files_are_typed() {
    let wrong = [
        ("[server]\nlisten = 8080\n", "server.listen"),
        ("[server]\nworkers = \"two\"\n", "server.workers"),
        ("[throttle]\nenabled = 1\n", "throttle.enabled"),
        ("[server]\ntrusted_proxies = [1]\n", "server.trusted_proxies"),
        ("[server.listen]\nport = 1\n", "server.listen.port"),
        ("[passwords]\niterations = 2.5\n", "passwords.iterations"),
    ];
    for (text, key) in wrong {
        let line = line(from_file(text));
        assert!(line.starts_with(&format!("{key} (file ")), "{line}");
    }
    assert!(from_file("[dialects.rehive]\ncookie_secure = true\n").is_ok());
    assert!(from_file("[server]\ntrusted_proxies = [\"10.0.0.0/8\"]\n").is_ok());
}

#[test]
fn a_broken_file_is_refused_without_showing_it() {
    let line = line(from_file("[secrets]\nmaster_key = hunter2-hunter2\n"));
    assert!(line.contains("expected TOML") && !line.contains("hunter2"), "{line}");
    let missing = file(Some(Path::new("/nowhere/portcullis.toml"))).err().unwrap().to_string();
    assert!(missing.contains("/nowhere/portcullis.toml") && missing.contains("cannot be read"), "{missing}");
}

#[test]
fn variables_name_levels_with_two_underscores_and_lists_with_commas() {
    let settings = from_environment(&[
        ("PORTCULLIS__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
        ("PORTCULLIS__DIALECTS__BFORE__TOKEN_TTL", "60"),
        ("PORTCULLIS__TOKENS__ISSUER", ""),
        ("PORTCULLIS_LOG", "debug"),
        ("PORTCULLISX__SERVER__LISTEN", "nonsense"),
    ]);
    let settings = settings.map_err(|problem| problem.to_string()).ok().unwrap().settings;
    assert_eq!(settings.server.trusted_proxies.len(), 2);
    assert_eq!(settings.dialects.bfore.token_ttl.as_secs(), 60);
    assert_eq!(settings.issuer, settings.server.public_url);
    let line = line(from_environment(&[("PORTCULLIS__SERVER__WORKERS", "many")]));
    assert!(
        line.starts_with("server.workers (environment variable PORTCULLIS__SERVER__WORKERS): "),
        "{line}"
    );
}

#[test]
fn secrets_can_come_from_files() {
    let mut source = tempfile::NamedTempFile::new().unwrap();
    source.write_all(b"postgres://ada:pw@db/portcullis\n").unwrap();
    let path = source.path().to_str().unwrap();
    let effective = from_environment(&[("PORTCULLIS__DATABASE__URL_FILE", path)]).ok().unwrap();
    assert_eq!(effective.settings.database.url.reveal(), "postgres://ada:pw@db/portcullis");
    let both = from_environment(&[
        ("PORTCULLIS__DATABASE__URL_FILE", path),
        ("PORTCULLIS__DATABASE__URL", "sqlite:x"),
    ]);
    assert!(line(both).contains("give either database.url or database.url_file, not both"));
    let gone = line(from_flags(&[("mail.smtp_url_file", "/nowhere/secret")]));
    assert!(
        gone.starts_with("mail.smtp_url_file (flag --set): expected the path of a readable file"),
        "{gone}"
    );
    assert!(line(from_flags(&[("server.listen_file", "/x")])).contains("unknown key"));
}

#[test]
fn printing_masks_every_secret() {
    let effective = from_flags(&[
        ("secrets.master_key", &"ab".repeat(32)),
        ("secrets.old_master_keys", &"cd".repeat(32)),
        ("database.url", "postgres://ada:hunter2@db/portcullis"),
        ("mail.smtp_url", "smtps://mailer:hunter2@mail.example"),
        ("sms.webhook_secret", "hunter2"),
        ("dialects.barong.geetest_key", "hunter2"),
    ]);
    let effective = effective.ok().unwrap();
    for printed in [effective.to_toml(), effective.masked().to_string()] {
        assert!(
            !printed.contains("hunter2") && !printed.contains("abab") && !printed.contains("cdcd"),
            "{printed}"
        );
        assert!(printed.contains("postgres://ada:********@db/portcullis"), "{printed}");
    }
}

#[test]
fn what_is_printed_reads_back() {
    let effective =
        from_flags(&[("server.cors_origins", "https://a.example,https://b.example")]).ok().unwrap();
    let again = from_file(&effective.to_toml()).map_err(|problem| problem.to_string()).ok().unwrap();
    assert_eq!(again.to_toml(), effective.to_toml());
}

#[test]
fn the_port_that_was_picked_shows_in_links_unless_a_url_is_given() {
    let address = "127.0.0.1:4321".parse().unwrap();
    let picked = from_flags(&[("server.listen", "127.0.0.1:0")]).ok().unwrap().settings.listening_on(address);
    assert_eq!(
        (picked.server.public_url.as_str(), picked.issuer.as_str()),
        ("http://127.0.0.1:4321", "http://127.0.0.1:4321")
    );
    let given = [("server.public_url", "https://id.example.com/"), ("tokens.issuer", "portcullis")];
    let given = from_flags(&given).ok().unwrap().settings.listening_on(address);
    assert_eq!(
        (given.server.public_url.as_str(), given.issuer.as_str()),
        ("https://id.example.com", "portcullis")
    );
}
