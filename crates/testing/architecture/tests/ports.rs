//! Ports look alike: async, `&self`, few methods, named for the need.

use portcullis_architecture::{Source, sources};
use syn::{FnArg, Item, ItemTrait, TraitItem, TraitItemFn};

fn ports() -> Vec<(String, ItemTrait)> {
    let is_port_file = |source: &Source| source.path.contains("/ports");
    sources("crates/domain", ".rs")
        .iter()
        .filter(|source| is_port_file(source))
        .flat_map(|source| {
            let traits = source.syntax().items.into_iter().filter_map(|item| match item {
                Item::Trait(port) => Some(port),
                _ => None,
            });
            traits.map(|port| (format!("{}: {}", source.path, port.ident), port)).collect::<Vec<_>>()
        })
        .collect()
}

fn methods(port: &ItemTrait) -> impl Iterator<Item = &TraitItemFn> {
    port.items.iter().filter_map(|item| match item {
        TraitItem::Fn(method) => Some(method),
        _ => None,
    })
}

#[test]
fn ports_have_one_to_seven_methods_that_take_a_shared_self() {
    let ports = ports();
    assert!(ports.len() >= 12, "the ports are found");
    for (name, port) in &ports {
        assert!((1..=7).contains(&methods(port).count()), "{name} has {} methods", methods(port).count());
        for method in methods(port) {
            let shared = matches!(method.sig.inputs.first(), Some(FnArg::Receiver(receiver)) if receiver.mutability.is_none());
            assert!(shared, "{name}::{} takes &self", method.sig.ident);
        }
    }
}

#[test]
fn no_port_method_is_called_update() {
    for (name, port) in &ports() {
        for method in methods(port) {
            let verb = method.sig.ident.to_string();
            assert!(
                !["update", "save", "upsert"].contains(&verb.as_str()),
                "{name}::{verb} says what it does to rows"
            );
        }
    }
}

#[test]
fn ports_can_be_mocked_and_are_documented() {
    for source in sources("crates/domain", ".rs").iter().filter(|source| source.path.contains("/ports")) {
        let traits = source.text.matches("\npub trait ").count();
        let mocks = source.text.matches("mockall::automock").count();
        assert_eq!(traits, mocks, "{}: every port has automock", source.path);
    }
    for (name, port) in &ports() {
        for method in methods(port) {
            let documented = method.attrs.iter().any(|attribute| attribute.path().is_ident("doc"));
            assert!(documented, "{name}::{} has no documentation", method.sig.ident);
        }
    }
}
