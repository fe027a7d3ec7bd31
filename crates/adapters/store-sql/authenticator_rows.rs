//! Authenticators and recovery codes as rows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{AuthenticatorId, Code, PortResult, Sealer, Secret};
use portcullis_mfa::{Authenticator, Factor, FactorKind, OtpAlgorithm, RecoveryCode, Totp};

use super::account_rows::mobile;
use super::failure::unanswered;
use super::schema::{authenticators, recovery_codes};
use super::seals::{self, Place};
use super::values::{DbTime, DbUuid, count, instant, known, number, time, times};
use crate::backend::{Conn, Db};

/// The column that holds the shared secret of an authenticator.
pub(super) const SECRET: &str = "authenticators.secret";
/// The column that holds a recovery code.
pub(super) const CODE: &str = "recovery_codes.code";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = authenticators, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct AuthenticatorRow {
    id: DbUuid,
    company: DbUuid,
    account: DbUuid,
    name: String,
    kind: String,
    secret: Option<Vec<u8>>,
    secret_key_id: Option<String>,
    algorithm: Option<String>,
    last_step: Option<i64>,
    mobile: Option<String>,
    verified_at: Option<DbTime>,
    created_at: DbTime,
    updated_at: DbTime,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = recovery_codes, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct CodeRow {
    authenticator: DbUuid,
    position: i64,
    code: Vec<u8>,
    code_key_id: String,
    used_at: Option<DbTime>,
}

/// The place of a recovery code.
pub(super) fn code_place(authenticator: AuthenticatorId, position: i64) -> Place {
    Place::new(CODE, format_args!("{authenticator}/{position}"))
}

impl AuthenticatorRow {
    pub(super) fn new(authenticator: &Authenticator, sealer: &dyn Sealer) -> Self {
        let (totp, mobile) = match &authenticator.factor {
            Factor::Totp(totp) => (Some(totp), None),
            Factor::Sms { mobile } => (None, Some(mobile.as_str().to_owned())),
            Factor::Static { .. } => (None, None),
        };
        let place = Place::new(SECRET, authenticator.id);
        let (secret, secret_key_id) =
            totp.map(|totp| seals::seal(sealer, totp.secret.reveal(), &place)).unzip();
        Self {
            id: authenticator.id.into(),
            company: authenticator.company.into(),
            account: authenticator.account.into(),
            name: authenticator.name.clone(),
            kind: authenticator.factor.kind().as_str().to_owned(),
            secret,
            secret_key_id,
            algorithm: totp.map(|totp| totp.algorithm.as_str().to_owned()),
            last_step: totp.and_then(|totp| totp.last_step).map(number),
            mobile,
            verified_at: times(authenticator.verified_at),
            created_at: time(authenticator.created_at),
            updated_at: time(authenticator.updated_at),
        }
    }

    pub(super) fn id(&self) -> DbUuid {
        self.id
    }

    pub(super) fn has_codes(&self) -> bool {
        self.kind == FactorKind::Static.as_str()
    }

    pub(super) fn open(self, codes: Vec<CodeRow>, sealer: &dyn Sealer) -> PortResult<Authenticator> {
        let id = AuthenticatorId::from(self.id);
        let factor = match known(FactorKind::parse(&self.kind), "authenticators.kind")? {
            FactorKind::Totp => {
                let (bytes, key_id) = known(self.secret.zip(self.secret_key_id), SECRET)?;
                let secret = seals::open(sealer, bytes, key_id, &Place::new(SECRET, id))?;
                let algorithm = self.algorithm.as_deref().and_then(OtpAlgorithm::parse);
                Factor::Totp(Totp {
                    secret: Secret::new(secret.as_str()),
                    algorithm: known(algorithm, "authenticators.algorithm")?,
                    last_step: self.last_step.map(count),
                })
            }
            FactorKind::Sms => Factor::Sms { mobile: mobile(&known(self.mobile, "authenticators.mobile")?)? },
            FactorKind::Static => Factor::Static {
                codes: codes.into_iter().map(|code| code.open(sealer)).collect::<PortResult<_>>()?,
            },
        };
        Ok(Authenticator {
            id,
            company: self.company.into(),
            account: self.account.into(),
            name: self.name,
            factor,
            verified_at: instant(self.verified_at),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }
}

impl CodeRow {
    /// The recovery codes of an authenticator, if it has any.
    pub(super) fn all(authenticator: &Authenticator, sealer: &dyn Sealer) -> Vec<Self> {
        let Factor::Static { codes } = &authenticator.factor else { return Vec::new() };
        let row = |(position, code): (i64, &RecoveryCode)| {
            let place = code_place(authenticator.id, position);
            let (sealed, code_key_id) = seals::seal(sealer, code.code.reveal(), &place);
            Self {
                authenticator: authenticator.id.into(),
                position,
                code: sealed,
                code_key_id,
                used_at: times(code.used_at),
            }
        };
        (0..).zip(codes).map(row).collect()
    }

    pub(super) async fn load(db: &mut Conn, authenticator: DbUuid) -> PortResult<Vec<Self>> {
        recovery_codes::table
            .filter(recovery_codes::authenticator.eq(authenticator))
            .order(recovery_codes::position)
            .select(Self::as_select())
            .load(db)
            .await
            .map_err(unanswered)
    }

    fn open(self, sealer: &dyn Sealer) -> PortResult<RecoveryCode> {
        let place = code_place(self.authenticator.into(), self.position);
        let code = seals::open(sealer, self.code, self.code_key_id, &place)?;
        Ok(RecoveryCode { code: Code::from_text(code.as_str()), used_at: instant(self.used_at) })
    }
}
