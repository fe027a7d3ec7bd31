//! A house with one account, the store in memory, and an engine whose codes can be foreseen.

use std::sync::Arc;
use std::time::Duration;

use portcullis_accounts::{Account, Company};
use portcullis_conformance::World;
use portcullis_kernel::{
    AuthenticatorId, Client, CompanySlug, Datum, Door, Email, Entropy, Event, Mobile, Secret, Timestamp,
};
use portcullis_mfa::{
    Aim, CheckFactor, DeliverCode, EnrolFactor, Enrolment, Factor, FactorPorts, FactorRules, FactorVerdict,
    NewFactor, OtpEngine, PrepareApp, PreparedApp, RemoveFactor, SecondFactors, SwitchFactor, SwitchOnError,
    Totp, VerifyFactor, VerifyFactorError,
};
use portcullis_store_memory::MemoryStore;

pub(crate) const STEP: Duration = Duration::from_secs(30);

pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) store: MemoryStore,
    pub(crate) factors: SecondFactors,
    pub(crate) company: Company,
    pub(crate) ada: Account,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(FactorRules::default()).await
    }

    pub(crate) async fn with(rules: FactorRules) -> Self {
        let store = MemoryStore::new();
        let world = World::new(store.clone());
        let company = world.new_company().await;
        let ada = portcullis_conformance::build::account(&company);
        world.add_account(&ada).await;
        let factors = SecondFactors::new(ports(&world), rules);
        Self { world, store, factors, company, ada }
    }

    /// Other rules from now on.
    pub(crate) fn follow(&mut self, rules: FactorRules) {
        self.factors = SecondFactors::new(ports(&self.world), rules);
    }

    pub(crate) fn order(&self, kind: NewFactor) -> EnrolFactor {
        EnrolFactor {
            company: self.company.id,
            company_slug: self.slug(),
            company_name: "Acme".to_owned(),
            account: self.ada.id,
            account_label: "ada@example.com".to_owned(),
            kind,
            name: None,
            client: client(),
        }
    }

    pub(crate) async fn enrolled(&self, kind: NewFactor) -> Enrolment {
        self.factors.enrol(self.order(kind)).await.unwrap()
    }

    pub(crate) async fn verify(&self, id: AuthenticatorId, code: &str) -> Result<(), VerifyFactorError> {
        let command = VerifyFactor {
            company: self.company.id,
            company_slug: self.slug(),
            account: self.ada.id,
            email: self.email(),
            authenticator: id,
            code: code.to_owned(),
            client: client(),
        };
        self.factors.verify_enrolment(command).await
    }

    pub(crate) fn checking(&self, code: &str) -> CheckFactor {
        CheckFactor {
            company: self.company.id,
            account: self.ada.id,
            code: code.to_owned(),
            client: client(),
        }
    }

    pub(crate) async fn check(&self, code: &str) -> FactorVerdict {
        self.factors.check(self.checking(code)).await.unwrap()
    }

    pub(crate) fn delivery(&self, authenticator: AuthenticatorId) -> DeliverCode {
        DeliverCode {
            company: self.company.id,
            company_slug: self.slug(),
            account: self.ada.id,
            aim: Aim { authenticator: Some(authenticator.to_string()), ..Aim::default() },
            client: client(),
        }
    }

    pub(crate) fn removal(&self, authenticator: AuthenticatorId) -> RemoveFactor {
        RemoveFactor {
            company: self.company.id,
            company_slug: self.slug(),
            account: self.ada.id,
            email: self.email(),
            authenticator,
            client: client(),
        }
    }

    pub(crate) async fn prepare_app(&self) -> Result<PreparedApp, SwitchOnError> {
        let command = PrepareApp {
            company: self.company.id,
            company_slug: self.slug(),
            issuer: "Barong".to_owned(),
            account: self.ada.id,
            account_label: "ada@example.com".to_owned(),
            client: client(),
        };
        self.factors.prepare_app(command).await
    }

    pub(crate) fn switching(&self, code: &str) -> SwitchFactor {
        SwitchFactor {
            company: self.company.id,
            company_slug: self.slug(),
            account: self.ada.id,
            email: self.email(),
            code: code.to_owned(),
            client: client(),
        }
    }

    /// An app that is verified; the clock moves on by one step, so its next code is fresh.
    pub(crate) async fn app(&self) -> AuthenticatorId {
        let id = self.enrolled(NewFactor::Totp).await.authenticator.id;
        self.verify(id, &self.code()).await.unwrap();
        self.world.clock.advance(STEP);
        id
    }

    /// Verified recovery codes, but for the first, which verified them.
    pub(crate) async fn recovery_codes(&self) -> Vec<String> {
        let authenticator = self.enrolled(NewFactor::Static).await.authenticator;
        let Factor::Static { codes } = authenticator.factor else { panic!("not recovery codes") };
        let mut codes: Vec<_> = codes.iter().map(|entry| entry.code.reveal().to_owned()).collect();
        self.verify(authenticator.id, &codes.remove(0)).await.unwrap();
        codes
    }

    /// What an app shows now.
    pub(crate) fn code(&self) -> String {
        code_of(step_at(portcullis_kernel::Clock::now(&*self.world.clock)))
    }

    /// The code in the newest SMS.
    pub(crate) fn sent_code(&self) -> String {
        let messages = self.store.messages();
        let sms = messages.iter().rev().find(|message| message.event == Event::FactorCode).unwrap();
        match sms.data.get("token") {
            Some(Datum::Text(code)) => code.clone(),
            _ => panic!("an SMS without a code"),
        }
    }

    /// How many messages of a kind were queued.
    pub(crate) fn sent(&self, event: Event) -> usize {
        self.store.messages().iter().filter(|message| message.event == event).count()
    }

    /// The last entry of the audit trail: action, outcome, detail.
    pub(crate) fn last_audit(&self) -> (&'static str, &'static str, Option<&'static str>) {
        let event = self.store.audit_events().pop().unwrap();
        (event.action.as_str(), event.outcome.as_str(), event.detail)
    }

    fn slug(&self) -> CompanySlug {
        self.company.slug.clone()
    }

    fn email(&self) -> Option<Email> {
        self.ada.email.as_ref().map(|email| email.value.clone())
    }
}

fn ports(world: &World) -> FactorPorts {
    FactorPorts {
        authenticators: world.authenticators.clone(),
        challenges: world.challenges.clone(),
        engine: Arc::new(Steps),
        ambient: world.ambient(),
    }
}

pub(crate) fn sms() -> NewFactor {
    let mobile = Mobile::parse("+27821234567").ok();
    NewFactor::Sms { mobile, own: None, administers: false }
}

fn client() -> Client {
    Client::remote(Door::new("rehive"), [192, 0, 2, 1].into(), "test")
}

/// An engine whose code is the number of the step.
struct Steps;

impl OtpEngine for Steps {
    fn generate(&self, _entropy: &dyn Entropy) -> Secret {
        Secret::new("SECRET")
    }

    fn reads(&self, totp: &Totp) -> bool {
        !totp.secret.reveal().is_empty()
    }

    fn matching_step(&self, _totp: &Totp, code: &str, at: Timestamp) -> Option<u64> {
        let step = step_at(at);
        [step - 1, step, step + 1].into_iter().find(|step| code_of(*step) == code)
    }

    fn link(&self, totp: &Totp, issuer: &str, account: &str) -> Secret {
        Secret::new(format!("otpauth://totp/{issuer}:{account}?secret={}", totp.secret.reveal()))
    }

    fn picture(&self, link: &Secret) -> Option<Secret> {
        Some(Secret::new(format!("picture of {}", link.reveal())))
    }
}

fn step_at(at: Timestamp) -> u64 {
    u64::try_from(at.as_seconds()).unwrap() / STEP.as_secs()
}

fn code_of(step: u64) -> String {
    format!("{:06}", step % 1_000_000)
}
