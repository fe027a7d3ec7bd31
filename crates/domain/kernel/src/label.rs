//! Labels, and what private ones mean to the account that has them (barong contract §6).

use std::sync::Arc;

use crate::{AccountId, AccountState, CompanySlug, Timestamp};

/// Who may change a label. Its owner sees both kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelScope {
    /// Its account may change it.
    Public,
    /// Only operators and rules may.
    Private,
}

/// A fact about an account, unique by key and scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it is about.
    pub key: String,
    /// What it says.
    pub value: String,
    /// Who may change it.
    pub scope: LabelScope,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What is wrong with the text of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFault {
    /// Fewer than 3 characters.
    TooShort,
    /// More than 255 characters.
    TooLong,
    /// Characters other than `a-z 0-9 _ -`.
    Invalid,
}

/// The labels that make up the levels of an account, the lowest first.
const LEVELS: [(&str, &str); 3] = [("email", "verified"), ("phone", "verified"), ("document", "verified")];

impl Label {
    /// Folds the text of a key or value to lower case without surrounding space, and names everything that is wrong
    /// with it: labels have 3 to 255 of `a-z 0-9 _ -` (barong contract §8.10).
    pub fn text(typed: &str) -> Result<String, Vec<LabelFault>> {
        let text = typed.trim().to_lowercase();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let length = text.chars().count();
        let faults = [
            (length < 3).then_some(LabelFault::TooShort),
            (length > 255).then_some(LabelFault::TooLong),
            (text.is_empty() || !text.chars().all(allowed)).then_some(LabelFault::Invalid),
        ];
        let faults: Vec<_> = faults.into_iter().flatten().collect();
        if faults.is_empty() { Ok(text) } else { Err(faults) }
    }

    /// How many of the levels `email:verified`, `phone:verified`, `document:verified` an account with these labels
    /// has reached without leaving one out; only private labels count.
    #[must_use]
    pub fn level(labels: &[Self]) -> u8 {
        let reached = LEVELS.iter().take_while(|(key, value)| holds(labels, key, value)).count();
        u8::try_from(reached).unwrap_or(u8::MAX)
    }

    /// Adds a label, or gives the one of the same key and scope its value. `true` if that changed anything.
    pub fn put(labels: &mut Vec<Self>, new: Self) -> bool {
        match labels.iter_mut().find(|label| label.key == new.key && label.scope == new.scope) {
            Some(label) if label.value == new.value => false,
            Some(label) => {
                label.value = new.value;
                label.updated_at = new.updated_at;
                true
            }
            None => {
                labels.push(new);
                true
            }
        }
    }
}

fn holds(labels: &[Label], key: &str, value: &str) -> bool {
    labels.iter().any(|label| label.scope == LabelScope::Private && label.key == key && label.value == value)
}

/// How labels decide where an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Private labels, key and value, that make an account active together.
    pub requirements: Vec<(String, String)>,
    /// Keys of labels, of any value and scope, that put an account into a state; the last that an account has decides.
    pub triggers: Vec<(AccountState, String)>,
}

impl Default for Standing {
    /// `email:verified` activates; `ban` and `fraud` ban, `delete` deletes, `suspicious` and `lock` lock.
    fn default() -> Self {
        use AccountState::{Banned, Deleted, Locked};
        let triggers = [
            (Banned, "ban"),
            (Banned, "fraud"),
            (Deleted, "delete"),
            (Locked, "suspicious"),
            (Locked, "lock"),
        ];
        Self {
            requirements: vec![("email".to_owned(), "verified".to_owned())],
            triggers: triggers.into_iter().map(|(state, key)| (state, key.to_owned())).collect(),
        }
    }
}

impl Standing {
    /// Where an account in `state` stands when private labels of it changed.
    ///
    /// A trigger decides first. Without one, an account that a trigger held is free again, and one that somebody put
    /// aside by other means stays there. The rest is active if the requirements are met, and otherwise pending, unless
    /// it was active without meeting them: operators and other doors can have it so.
    #[must_use]
    pub fn settle(&self, state: AccountState, before: &[Label], after: &[Label]) -> AccountState {
        if let Some(held) = self.triggered(after) {
            return held;
        }
        if !state.admits(true) && self.triggered(before) != Some(state) {
            return state;
        }
        let was_met = self.met(before);
        if self.met(after) || (state == AccountState::Active && !was_met) {
            AccountState::Active
        } else {
            AccountState::Pending
        }
    }

    fn triggered(&self, labels: &[Label]) -> Option<AccountState> {
        let has = |key: &str| labels.iter().any(|label| label.key == key);
        self.triggers.iter().rev().find(|(_, key)| has(key)).map(|(state, _)| *state)
    }

    fn met(&self, labels: &[Label]) -> bool {
        self.requirements.iter().all(|(key, value)| holds(labels, key, value))
    }
}

/// The company whose accounts labels decide about; the accounts of others have labels without effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRules {
    /// The company.
    pub company: CompanySlug,
    /// What labels mean there.
    pub standing: Arc<Standing>,
}

impl LabelRules {
    /// The change of a private label of an account of that company, for the [`Effects`](crate::Effects) of the
    /// write-set in which the fact becomes true, or with `None` ceases to be; nothing, for other companies.
    #[must_use]
    pub fn relabel(
        rules: Option<&Self>,
        company: &CompanySlug,
        account: AccountId,
        (key, value): (&str, Option<&str>),
        at: Timestamp,
    ) -> Option<Relabel> {
        let rules = rules.filter(|rules| rules.company == *company)?;
        Some(Relabel {
            account,
            key: key.to_owned(),
            value: value.map(str::to_owned),
            at,
            standing: Arc::clone(&rules.standing),
        })
    }
}

/// A private label that an account gets, keeps with another value, or loses, and what that makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relabel {
    /// Whose.
    pub account: AccountId,
    /// The key.
    pub key: String,
    /// The value; absent to take the label away.
    pub value: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What labels mean.
    pub standing: Arc<Standing>,
}

impl Relabel {
    /// The labels and the state that come of these; nothing, if the label is as it shall be already.
    #[must_use]
    pub fn of(&self, labels: &[Label], state: AccountState) -> Option<(Vec<Label>, AccountState)> {
        let mut after = labels.to_vec();
        let changed = if let Some(value) = &self.value {
            Label::put(&mut after, self.label(value))
        } else {
            after.retain(|label| label.key != self.key || label.scope != LabelScope::Private);
            after.len() != labels.len()
        };
        let state = self.standing.settle(state, labels, &after);
        changed.then_some((after, state))
    }

    fn label(&self, value: &str) -> Label {
        let (key, value) = (self.key.clone(), value.to_owned());
        Label { key, value, scope: LabelScope::Private, created_at: self.at, updated_at: self.at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AccountState::{Active, Banned, Deactivated, Deleted, Locked, Pending};

    fn labels(keys: &[&str]) -> Vec<Label> {
        let at = Timestamp::from_seconds(1);
        let private = |key: &&str| {
            let (key, value) = key.split_once(':').unwrap_or((key, "yes"));
            let (key, value) = (key.to_owned(), value.to_owned());
            Label { key, value, scope: LabelScope::Private, created_at: at, updated_at: at }
        };
        keys.iter().map(private).collect()
    }

    fn public(keys: &[&str]) -> Vec<Label> {
        labels(keys).into_iter().map(|label| Label { scope: LabelScope::Public, ..label }).collect()
    }

    #[test]
    fn texts_are_folded_and_every_fault_is_named() {
        use LabelFault::{Invalid, TooLong, TooShort};
        assert_eq!(Label::text(" E-Mail_2 "), Ok("e-mail_2".to_owned()));
        assert_eq!(Label::text(""), Err(vec![TooShort, Invalid]));
        assert_eq!(Label::text("ab"), Err(vec![TooShort]));
        assert_eq!(Label::text("a b c"), Err(vec![Invalid]));
        assert_eq!(Label::text(&"x".repeat(256)), Err(vec![TooLong]));
        assert_eq!(Label::text(&"ß".repeat(256)), Err(vec![TooLong, Invalid]));
    }

    #[test]
    fn a_level_counts_only_on_top_of_the_one_below() {
        for (keys, level) in [
            (&["email:verified"][..], 1),
            (&["email:verified", "phone:verified", "document:verified"], 3),
            (&["phone:verified", "document:verified"], 0),
            (&["email:verified", "document:verified"], 1),
            (&["email:expired"], 0),
        ] {
            assert_eq!(Label::level(&labels(keys)), level, "{keys:?}");
        }
        assert_eq!(Label::level(&public(&["email:verified"])), 0);
    }

    #[test]
    fn private_labels_decide_where_an_account_stands() {
        let standing = Standing::default();
        let none: &[&str] = &[];
        for (state, before, after, settled) in [
            (Pending, none, &["email:verified"][..], Active),
            (Pending, none, &["phone:verified"], Pending),
            (Active, &["email:verified"], &["email:revoked"], Pending),
            (Active, &["email:verified"], none, Pending),
            (Active, none, &["phone:verified"], Active),
            (Active, &["email:verified"], &["email:verified", "ban"], Banned),
            (Banned, &["email:verified", "ban"], &["email:verified"], Active),
            (Banned, &["email:verified", "ban"], &["email:verified", "ban", "lock"], Locked),
            (Active, &["email:verified"], &["email:verified", "fraud", "delete"], Deleted),
            (Pending, none, &["banned"], Pending),
            (Banned, none, &["email:verified"], Banned),
            (Deactivated, &["email:verified"], &["email:verified", "phone:verified"], Deactivated),
        ] {
            let found = standing.settle(state, &labels(before), &labels(after));
            assert_eq!(found, settled, "{state} {before:?} {after:?}");
        }
    }

    #[test]
    fn triggers_look_at_public_labels_and_requirements_do_not() {
        let standing = Standing::default();
        assert_eq!(standing.settle(Active, &[], &public(&["lock"])), Locked);
        assert_eq!(standing.settle(Pending, &[], &public(&["email:verified"])), Pending);
    }

    #[test]
    fn a_label_that_is_there_already_changes_nothing() {
        let relabel = |value: Option<&str>| Relabel {
            account: AccountId::from_uuid(uuid::Uuid::nil()),
            key: "email".to_owned(),
            value: value.map(str::to_owned),
            at: Timestamp::from_seconds(9),
            standing: Arc::default(),
        };
        let verified = labels(&["email:verified"]);
        assert_eq!(relabel(Some("verified")).of(&verified, Banned), None);
        assert_eq!(relabel(None).of(&public(&["email:verified"]), Active), None);
        assert_eq!(relabel(None).of(&verified, Active), Some((Vec::new(), Pending)));
        let (after, state) = relabel(Some("verified")).of(&[], Pending).unwrap();
        assert_eq!((after[0].created_at, state), (Timestamp::from_seconds(9), Active));
    }
}
