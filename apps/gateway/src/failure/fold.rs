//! How the error of each use case folds into [`Failure`].

use portcullis_accounts::{
    AmendError, ChangePasswordError, ConfigureCompanyError, ConfirmByTokenError, CreateAccountError,
    CreateCompanyError, CreateGroupError, CreateLegalTermError, KeepDataError, KycError, LabelError,
    LeaveError, PhoneError, RegisterError, ReplaceDataError, RequestContactVerificationError,
    RequestLeaveError, SendConfirmationError, SetPasswordError, ShowPasswordError, SignUpError, Taken,
    VerifyContactError,
};
use portcullis_mfa::{
    AuthorizeError, DeliverError, EnrolError, PresentFactorError, ProveError, RemoveFactorError,
    SwitchOnError, VerifyFactorError,
};
use portcullis_password_reset::{
    CompleteByCodeError, CompleteByTokenError, CompleteChallengeError, RequestResetError,
};
use portcullis_service_accounts::{DeleteKeyError, IssueError, NewServiceAccountError, SignedKeyError};
use portcullis_sessions::{
    AnswerFactorError, AuthenticateError, ChargeError, GateRefusal, NewRuleError, OpenForError, RefreshError,
    RenewError, RevokeRefreshError, SignInError, VisitError,
};

use super::{FactorRefusal, Failure};

/// One `From` for each error: its variants on the left, the refusal on the right; `Port` folds by itself.
macro_rules! fold {
    ($($error:ident { $($variant:ident $(($field:ident))? $({ $member:ident })? => $failure:expr,)* })*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                match error {
                    $($error::$variant $(($field))? $({ $member })? => $failure,)*
                    $error::Port(error) => error.into(),
                }
            }
        }
    )*};
}

fold! {
    SignInError {
        WrongCredentials => Self::WrongCredentials,
        NotAdmitted(state) => Self::NotAdmitted(state),
        PasswordExpired => Self::PasswordExpired,
        SecondFactorRequired => Self::SecondFactorRequired,
        WrongSecondFactor => Self::WrongSecondFactor,
        SecondFactorUsed => Self::SecondFactorUsed,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    AnswerFactorError {
        Refused => Self::ChallengeRefused,
        WrongCode => Self::WrongSecondFactor,
        CodeUsed => Self::SecondFactorUsed,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    ChargeError { Throttled { retry_after } => Self::Throttled { retry_after }, }
    OpenForError { Refused => Self::ChallengeRefused, }
    AuthenticateError {
        Refused => Self::CredentialRefused,
        Challenged(challenges) => Self::Challenged(challenges),
        NotAdmitted(state) => Self::NotAdmitted(state),
    }
    RefreshError {
        Refused => Self::RefreshRefused,
        CapReached => Self::RefreshCapReached,
        Reused => Self::RefreshReused,
    }
    RenewError { Refused => Self::CredentialRefused, }
    RevokeRefreshError { Refused => Self::RefreshRefused, }
    CreateCompanyError { Taken => Self::Taken(Taken::Slug), }
    ConfigureCompanyError {
        NotFound => Self::CompanyNotFound,
        Invalid(setting) => Self::InvalidSetting(setting),
    }
    CreateGroupError {
        InvalidName => Self::InvalidGroupName,
        Taken => Self::Taken(Taken::GroupName),
    }
    CreateLegalTermError {
        Invalid => Self::InvalidLegalTerm,
        Taken => Self::Taken(Taken::LegalTerm),
    }
    RegisterError { Refused(objections) => Self::RegistrationRefused(objections), }
    CreateAccountError {
        NoIdentifier => Self::NoIdentifier,
        Taken(taken) => Self::Taken(taken),
        WeakPassword(breaches) => Self::WeakPassword(breaches),
        UnknownGroup(name) => Self::UnknownGroup(name),
    }
    AmendError {
        InvalidLabel => Self::InvalidLabel,
        Taken(taken) => Self::Taken(taken),
    }
    SignUpError {
        UnknownReferral => Self::ReferralUnknown,
        Refused(faults) => Self::SignUpRefused(faults),
        Overtaken => Self::Unavailable("another account of the company was first".into()),
    }
    ReplaceDataError { Refused(faults) => Self::SignUpRefused(faults), }
    KeepDataError { Refused(faults) => Self::DataRefused(faults), }
    ShowPasswordError {
        Wrong => Self::WrongPassword,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    SendConfirmationError { Throttled { retry_after } => Self::Throttled { retry_after }, }
    ConfirmByTokenError {
        NotPending => Self::NothingToConfirm,
        Used => Self::ConfirmationUsed,
    }
    SetPasswordError { WeakPassword(breaches) => Self::WeakPassword(breaches), }
    ChangePasswordError {
        WrongPassword => Self::WrongPassword,
        Weak(breaches) => Self::WeakPassword(breaches),
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    RequestContactVerificationError { Throttled { retry_after } => Self::Throttled { retry_after }, }
    VerifyContactError {
        Wrong => Self::WrongContactCode,
        Expired => Self::ContactCodeExpired,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    RequestResetError { Throttled { retry_after } => Self::Throttled { retry_after }, }
    CompleteByCodeError {
        WrongCode => Self::WrongResetCode,
        Expired => Self::ResetCodeExpired,
        Weak(breaches) => Self::WeakPassword(breaches),
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    RequestLeaveError { Throttled { retry_after } => Self::Throttled { retry_after }, }
    LeaveError {
        Unknown => Self::LeaveKeyUnknown,
        Used => Self::LeaveKeyUsed,
        Expired => Self::LeaveKeyExpired,
    }
    CompleteByTokenError {
        UnknownUid => Self::ResetUidUnknown,
        Unknown => Self::ResetTokenUnknown,
        Used => Self::ResetTokenUsed,
        Expired => Self::ResetTokenExpired,
        Weak(breaches) => Self::WeakPassword(breaches),
    }
    CompleteChallengeError {
        Refused => Self::ChallengeRefused,
        Weak(breaches) => Self::WeakPassword(breaches),
    }
    EnrolError {
        NoNumber => Self::Factor(FactorRefusal::NoNumber),
        SmsBarred => Self::Factor(FactorRefusal::SmsBarred),
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    PresentFactorError {
        ChallengeNotFound => Self::Factor(FactorRefusal::ChallengeNotFound),
        AuthenticatorNotFound => Self::FactorNotFound,
        Unnamed => Self::Factor(FactorRefusal::Unnamed),
        Unsuitable => Self::Factor(FactorRefusal::Unsuitable),
        Challenged(challenges) => Self::Challenged(challenges),
        WrongCode => Self::WrongSecondFactor,
        AlreadyUsed => Self::SecondFactorUsed,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    AuthorizeError { Challenged(challenge) => Self::Challenged(vec![*challenge]), }
    VerifyFactorError {
        NotFound => Self::FactorNotFound,
        WrongCode => Self::WrongSecondFactor,
        AlreadyUsed => Self::SecondFactorUsed,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    DeliverError {
        ChallengeNotFound => Self::Factor(FactorRefusal::ChallengeNotFound),
        Unnamed => Self::Factor(FactorRefusal::Unnamed),
        Unsuitable => Self::Factor(FactorRefusal::Unsuitable),
        ChallengeWithoutDelivery => Self::Factor(FactorRefusal::ChallengeWithoutDelivery),
        NotFound => Self::FactorNotFound,
        NoDelivery => Self::NoDelivery,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    RemoveFactorError { NotFound => Self::FactorNotFound, }
    SwitchOnError {
        AlreadyOn => Self::Factor(FactorRefusal::AlreadyOn),
        WrongCode => Self::WrongSecondFactor,
        AlreadyUsed => Self::SecondFactorUsed,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    ProveError {
        NotEnrolled => Self::FactorNotFound,
        WrongCode => Self::WrongSecondFactor,
        AlreadyUsed => Self::SecondFactorUsed,
        Throttled { retry_after } => Self::Throttled { retry_after },
    }
    IssueError {
        NameMissing => Self::KeyNameMissing,
        NameTooLong => Self::KeyNameTooLong,
        LimitReached => Self::KeyLimitReached,
    }
    DeleteKeyError { NotFound => Self::KeyNotFound, }
    SignedKeyError {
        NoService => Self::ServiceAccountNotFound,
        NoFactor => Self::KeyNeedsFactor,
        WrongCode => Self::WrongSecondFactor,
        CodeUsed => Self::SecondFactorUsed,
        Throttled { retry_after } => Self::Throttled { retry_after },
        NoAlgorithm { is_hmac } => Self::KeyAlgorithm { is_hmac },
        HolderNotActive => Self::KeyHolderNotActive,
        NotFound => Self::KeyNotFound,
        InvalidState => Self::KeyStateInvalid,
    }
    NewServiceAccountError {
        NoRole => Self::UnknownRole,
        NoOwner => Self::Unavailable("the owner was deleted meanwhile".into()),
    }
    NewRuleError {
        Invalid => Self::InvalidRule,
        Taken => Self::RuleExists,
    }
    VisitError {
        Refused => Self::WhitelinkRefused,
        NotIpv4 => Self::WhitelinkNotIpv4,
        Taken => Self::RuleExists,
    }
}

impl From<GateRefusal> for Failure {
    fn from(refusal: GateRefusal) -> Self {
        match refusal {
            GateRefusal::Port(error) => error.into(),
            other => Self::Gate(other),
        }
    }
}

impl From<LabelError> for Failure {
    fn from(error: LabelError) -> Self {
        match error {
            LabelError::Port(error) => error.into(),
            other => Self::Label(other),
        }
    }
}

impl From<PhoneError> for Failure {
    fn from(error: PhoneError) -> Self {
        match error {
            PhoneError::Port(error) => error.into(),
            PhoneError::Throttled { retry_after } => Self::Throttled { retry_after },
            other => Self::Phone(other),
        }
    }
}

impl From<KycError> for Failure {
    fn from(error: KycError) -> Self {
        match error {
            KycError::Port(error) => error.into(),
            other => Self::Kyc(other),
        }
    }
}
