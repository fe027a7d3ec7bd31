//! Phones, KYC profiles and stored data.

use async_trait::async_trait;
use portcullis_accounts::{
    AddPhone, Dossier, DossierStore, KeepData, KycState, PhoneAdded, ReviseKycProfile, WriteKycProfile,
};
use portcullis_kernel::{AccountId, CompanyId, Mobile, OneTime, PortResult, Purpose, Timestamp};

use crate::MemoryStore;
use crate::state::{Exhausted, State, Stop};

impl From<Exhausted> for Stop<PhoneAdded> {
    fn from(Exhausted(retry_after): Exhausted) -> Self {
        Self::Refused(PhoneAdded::Exhausted { retry_after })
    }
}

#[async_trait]
impl DossierStore for MemoryStore {
    async fn find(&self, account: AccountId) -> PortResult<Dossier> {
        self.read(|state| {
            let mut dossier = Dossier {
                phones: state.phones.iter().filter(|phone| phone.account == account).cloned().collect(),
                profiles: state
                    .profiles
                    .iter()
                    .filter(|profile| profile.account == account)
                    .cloned()
                    .collect(),
                data: state.stored_data.iter().filter(|kept| kept.account == account).cloned().collect(),
            };
            dossier.phones.sort_by_key(|phone| (phone.created_at, phone.number.to_string()));
            dossier.profiles.sort_by_key(|profile| (profile.created_at, profile.id));
            dossier.data.sort_by_key(|kept| (kept.created_at, kept.title.to_lowercase()));
            dossier
        })
    }

    async fn keep_data(&self, write: KeepData) -> PortResult<bool> {
        self.write(|state| {
            let new = write.stored;
            state.require_account(new.account)?;
            let alike = |title: &str| title.to_lowercase() == new.title.to_lowercase();
            if state.stored_data.iter().any(|kept| kept.account == new.account && alike(&kept.title)) {
                return Err(Stop::Refused(false));
            }
            state.stored_data.push(new);
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn open_profile(&self, write: WriteKycProfile) -> PortResult<bool> {
        self.write(|state| {
            let new = write.profile;
            state.require_account(new.account)?;
            let open = |account| {
                state.profiles.iter().any(|known| known.account == account && known.state.is_open())
            };
            if new.state.is_open() && open(new.account) {
                return Err(Stop::Refused(false));
            }
            state.profiles.push(new);
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn revise_profile(&self, write: ReviseKycProfile) -> PortResult<bool> {
        self.write(|state| {
            let revised = write.profile;
            let drafted = state.profiles.iter_mut().find(|known| {
                known.id == revised.id && known.state == KycState::Drafted && known.updated_at == write.seen
            });
            *drafted.ok_or(Stop::Refused(false))? = revised;
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn has_phone(&self, company: CompanyId, number: Mobile) -> PortResult<bool> {
        self.read(|state| state.is_validated(company, &number))
    }

    async fn add_phone(&self, write: AddPhone) -> PortResult<PhoneAdded> {
        self.write(|state| {
            let new = write.phone;
            state.spend(&write.throttle, new.created_at)?;
            state.require_account(new.account)?;
            if state.phones.iter().any(|known| known.account == new.account && known.number == new.number) {
                return Err(Stop::Refused(PhoneAdded::Exists));
            }
            state.phones.push(new);
            state.add_one_time(write.code)?;
            state.record(write.effects)?;
            Ok(PhoneAdded::Done)
        })
    }

    async fn phone_code(&self, account: AccountId, number: Mobile) -> PortResult<Option<OneTime>> {
        self.read(|state| {
            state.latest_code(|code| {
                code.account == account
                    && code.purpose == Purpose::VerifyPhone
                    && code.target.as_deref() == Some(number.as_str())
            })
        })
    }
}

impl State {
    fn is_validated(&self, company: CompanyId, number: &Mobile) -> bool {
        self.phones
            .iter()
            .any(|phone| phone.company == company && phone.number == *number && phone.validated_at.is_some())
    }

    /// Validates the account's phone; `false` if it has none of that number, or another account has it validated.
    pub(crate) fn validate_phone(&mut self, account: AccountId, number: &str, at: Timestamp) -> bool {
        let own =
            |phone: &&portcullis_accounts::Phone| phone.account == account && phone.number.as_str() == number;
        let Some(phone) = self.phones.iter().find(own).cloned() else { return false };
        if self.is_validated(phone.company, &phone.number) {
            return false;
        }
        for known in &mut self.phones {
            if known.account == account && known.number == phone.number {
                known.validated_at = Some(at);
            }
        }
        true
    }
}
