//! A second factor for an account, enrolled beside the running server with the server's own crates, as an embedder
//! would: not every door has an operation for it.

use std::sync::Arc;

use portcullis_accounts::{AccountStore, CompanyStore};
use portcullis_host::{OsEntropy, SystemClock};
use portcullis_kernel::{Ambient, Client, CompanySlug, Identifier, Sealer};
use portcullis_mfa::{
    AuthenticatorStore, ChallengeStore, EnrolFactor, Factor, FactorPorts, FactorRules, NewFactor,
    SecondFactors, VerifyFactor,
};
use portcullis_otp_totp::TotpEngine;
use portcullis_seal_aead::{AeadSealer, MasterKey};

use super::Installation;

impl Installation {
    /// Enrols a list of recovery codes for an account of the company `default`, verifies it, and answers what is left
    /// of it.
    pub async fn recovery_codes(&self, account: &str) -> Vec<String> {
        let sealer = self.sealer();
        let url = self.database_url();
        if let Some(path) = url.strip_prefix("sqlite:") {
            let options = portcullis_store_sqlite::Options::at(path, sealer);
            enrol(portcullis_store_sqlite::Store::open(options).unwrap(), account).await
        } else {
            let options = portcullis_store_postgres::Options::at(url, sealer);
            enrol(portcullis_store_postgres::Store::open(options).unwrap(), account).await
        }
    }

    pub(super) fn sealer(&self) -> Arc<dyn Sealer> {
        let text = std::fs::read_to_string(self.data().join("master.key")).unwrap();
        let key = MasterKey::parse(text.lines().next().unwrap()).unwrap();
        Arc::new(AeadSealer::new(&key, &[], Arc::new(OsEntropy::new())))
    }
}

async fn enrol(
    store: impl CompanyStore + AccountStore + AuthenticatorStore + ChallengeStore + Clone + 'static,
    account: &str,
) -> Vec<String> {
    let company = CompanyStore::find(&store, CompanySlug::parse("default").unwrap()).await.unwrap().unwrap();
    let found = AccountStore::find(&store, company.id, Identifier::candidates(account)).await;
    let account = found.unwrap().unwrap().id;
    let ambient = Ambient::new(Arc::new(SystemClock), Arc::new(OsEntropy::new()));
    let (authenticators, challenges) = (Arc::new(store.clone()), Arc::new(store));
    let ports = FactorPorts { authenticators, challenges, engine: Arc::new(TotpEngine), ambient };
    let factors = SecondFactors::new(ports, FactorRules::default());
    let order = EnrolFactor {
        company: company.id,
        company_slug: company.slug.clone(),
        company_name: company.name.clone(),
        account,
        account_label: "ada".to_owned(),
        kind: NewFactor::Static,
        name: None,
        client: Client::operator(),
    };
    let enrolled = factors.enrol(order).await.unwrap().authenticator;
    let Factor::Static { codes } = enrolled.factor else { panic!("not recovery codes") };
    let mut codes: Vec<String> = codes.iter().map(|entry| entry.code.reveal().to_owned()).collect();
    let proof = VerifyFactor {
        company: company.id,
        company_slug: company.slug,
        account,
        email: None,
        authenticator: enrolled.id,
        code: codes.remove(0),
        client: Client::operator(),
    };
    factors.verify_enrolment(proof).await.unwrap();
    codes
}
