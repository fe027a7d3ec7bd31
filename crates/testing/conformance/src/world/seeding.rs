//! Rows to start from, and a look at what became of them.

use portcullis_accounts::{Account, Company, CreateCompany, Creation, IssueContactSecret};
use portcullis_kernel::{
    CompanyId, Effects, Identifier, OneTime, OneTimeSecret, PasswordHash, Purpose, Role, Spending, Throttle,
};
use portcullis_mfa::Authenticator;
use portcullis_service_accounts::{ApiKey, CreateServiceAccount, Issued, ServiceAccount, ServiceCreation};
use portcullis_sessions::{
    AddPermission, OpenSession, OpenWrite, Permission, PermissionAction, RefreshToken, Session,
    SessionFilter, SessionKey,
};

use super::World;
use crate::build::{self, NOW};

impl World {
    /// Adds a company with the groups `alpha` and `beta`.
    pub async fn new_company(&self) -> Company {
        let company = build::company();
        self.add_company(&company).await;
        company
    }

    /// Adds `company` with the groups `alpha` and `beta`.
    pub async fn add_company(&self, company: &Company) {
        let groups = ["alpha", "beta"].map(|name| build::group(company, name)).into();
        let write = CreateCompany { groups, ..build::create_company(company) };
        assert_eq!(self.companies.create(write).await.unwrap(), Creation::Done);
    }

    /// Adds a company and an account in it.
    pub async fn new_account(&self) -> Account {
        let account = build::account(&self.new_company().await);
        self.add_account(&account).await;
        account
    }

    /// Adds `account`.
    pub async fn add_account(&self, account: &Account) {
        let write = build::create_account(account);
        assert_eq!(self.accounts.create(write).await.unwrap(), Creation::Done);
    }

    /// The account as it is now.
    pub async fn account(&self, account: &Account) -> Account {
        let found = self.accounts.find(account.company, vec![Identifier::Id(account.id)]).await;
        found.unwrap().unwrap()
    }

    /// The account's password hash as it is now.
    pub async fn hash(&self, account: &Account) -> Option<PasswordHash> {
        self.account(account).await.password.map(|password| password.hash)
    }

    /// Opens a session for `account`.
    pub async fn new_session(&self, account: &Account) -> Session {
        let session = build::session(account);
        self.add_session(&session).await;
        session
    }

    /// Opens `session`.
    pub async fn add_session(&self, session: &Session) {
        assert_eq!(self.sign_in.open(build::open(session)).await.unwrap(), OpenWrite::Done);
    }

    /// Adds an account, a session, and its refresh token.
    pub async fn new_refresh_token(&self) -> (Session, RefreshToken) {
        let session = build::session(&self.new_account().await);
        let token = build::refresh_token(&session);
        let write = OpenSession { refresh: Some(token.clone()), ..build::open(&session) };
        assert_eq!(self.sign_in.open(write).await.unwrap(), OpenWrite::Done);
        (session, token)
    }

    /// The session as it is now.
    pub async fn session(&self, session: &Session) -> Session {
        self.sessions.find(SessionKey::Id(session.id)).await.unwrap().unwrap().0
    }

    /// The account of the session as it is now.
    pub async fn account_of(&self, session: &Session) -> Account {
        let found = self.accounts.find(session.company, vec![Identifier::Id(session.account)]).await;
        found.unwrap().unwrap()
    }

    /// Whether the session exists.
    pub async fn has_session(&self, session: &Session) -> bool {
        self.sessions.find(SessionKey::Id(session.id)).await.unwrap().is_some()
    }

    /// The account's sessions that have not ended, newest first.
    pub async fn unended(&self, account: &Account) -> Vec<Session> {
        self.sessions.list(account.id, SessionFilter::default()).await.unwrap()
    }

    /// Opens four sessions — one that expires, one that is to be kept, a permanent one, and one of another account
    /// of the company — and returns them in this order.
    pub async fn sessions_to_sweep(&self, account: &Account) -> [Session; 4] {
        let stranger = self.new_colleague(account).await;
        let permanent = Session { expires_at: None, ..build::session(account) };
        let sessions =
            [build::session(account), build::session(account), permanent, build::session(&stranger)];
        for session in &sessions {
            self.add_session(session).await;
        }
        sessions
    }

    /// For each session, whether it was ended.
    pub async fn ended<const N: usize>(&self, sessions: &[Session; N]) -> [bool; N] {
        let mut ended = [false; N];
        for (flag, session) in ended.iter_mut().zip(sessions) {
            *flag = self.session(session).await.ended_at.is_some();
        }
        ended
    }

    /// Adds `authenticator`.
    pub async fn enrol(&self, authenticator: &Authenticator) {
        let enrolled = self.authenticators.enrol(build::enrol(authenticator)).await.unwrap();
        assert_eq!(enrolled, Spending::Within);
    }

    /// Adds `key`.
    pub async fn add_key(&self, key: &ApiKey) {
        assert_eq!(self.api_keys.issue(build::issue_key(key)).await.unwrap(), Issued::Done);
    }

    /// Adds an account and a session of it.
    pub async fn new_signed_in(&self) -> (Account, Session) {
        let account = self.new_account().await;
        let session = self.new_session(&account).await;
        (account, session)
    }

    /// Adds a second account to the company of `account`.
    pub async fn new_colleague(&self, account: &Account) -> Account {
        let company = self.companies.find_by_id(account.company).await.unwrap().unwrap();
        let colleague = build::account(&company);
        self.add_account(&colleague).await;
        colleague
    }

    /// Keeps a secret of that purpose, without a target, that is presented by a token.
    pub async fn issue_token(&self, account: &Account, purpose: Purpose) -> OneTime {
        let (secret, _) = build::token(account, purpose);
        self.keep(&secret).await;
        secret
    }

    /// Keeps a one-time secret as it is.
    pub async fn keep(&self, secret: &OneTime) {
        let write = IssueContactSecret {
            secret: secret.clone(),
            throttle: Throttle::default(),
            effects: Effects::default(),
        };
        assert_eq!(self.contacts.issue(write).await.unwrap(), Spending::Within);
    }

    /// The secret as it is now; of codes only the newest can be seen.
    pub async fn secret(&self, secret: &OneTime) -> OneTime {
        let found = match &secret.secret {
            OneTimeSecret::Token(digest) => self.contacts.find(*digest, secret.purpose).await,
            OneTimeSecret::Code(_) => self.contacts.latest(secret.account, secret.purpose).await,
        };
        found.unwrap().filter(|found| found.id == secret.id).unwrap()
    }

    /// Whether the secret was used or replaced.
    pub async fn is_spent(&self, secret: &OneTime) -> bool {
        self.secret(secret).await.consumed_at.is_some()
    }

    /// Adds a permission for that role to a company, unless it has this one.
    pub async fn permit(&self, company: CompanyId, role: &str) {
        let permission = Permission {
            id: build::id(),
            company,
            role: Role::new(role),
            verb: "ALL".to_owned(),
            path: "api/v2/auth/resource".to_owned(),
            action: PermissionAction::Accept,
            topic: None,
            created_at: NOW,
        };
        self.access.permit(AddPermission { permission, effects: Effects::default() }).await.unwrap();
    }

    /// Adds a service account of `owner`.
    pub async fn new_service_account(&self, owner: &Account) -> ServiceAccount {
        self.permit(owner.company, "sa_maker").await;
        let service = build::service_account(owner);
        let write = CreateServiceAccount { service: service.clone(), effects: Effects::default() };
        assert_eq!(self.service_accounts.create(write).await.unwrap(), ServiceCreation::Done);
        service
    }
}
