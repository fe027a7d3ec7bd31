//! KYC profiles (contract §8.10).

use actix_web::web::Data;
use portcullis_accounts::{KycCommand, KycError, KycField, KycProblem};

use crate::dialects::barong::owner::{Asked, Owner};
use crate::dialects::barong::refusal::{Refusal, Words};
use crate::dialects::barong::wire::{Answer, Profile, created, ok};
use crate::dialects::barong::{Barong, DOOR};
use crate::middleware::Origin;

/// The caller's profiles; an empty list without one.
#[utoipa::path(get, path = "/api/v2/auth/resource/profiles/me", tag = "profiles",
    security(("cookie" = []), ("jwt" = [])), responses(
    (status = 200, description = "The profiles", body = [Profile]),
    (status = 401, description = "Nobody the server knows", body = Refusal),
))]
pub async fn list(owner: Owner, door: Data<Barong>) -> Answer {
    let app = door.app.clone();
    let work = async move { app.accounts.dossier(owner.account).await };
    let profiles = door.run("barong.profiles", Words::NONE, work).await?.profiles;
    let masked = door.rules().api_data_masking_enabled;
    Ok(ok(profiles.iter().map(|profile| Profile::new(profile, masked)).collect::<Vec<_>>()))
}

/// Opens a profile.
#[utoipa::path(post, path = "/api/v2/auth/resource/profiles", tag = "profiles",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::ProfileForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "The profile", body = Profile),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "A field is wrong, or a profile is open", body = Refusal),
))]
pub async fn open(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let (command, app) = (door.kyc(&asked, &origin).await?, door.app.clone());
    let work = async move { app.accounts.open_profile(command).await };
    let profile = door.run("barong.open_profile", Words::NONE, work).await?;
    Ok(created(Profile::new(&profile, door.rules().api_data_masking_enabled)))
}

/// Changes the drafted profile.
#[utoipa::path(put, path = "/api/v2/auth/resource/profiles", tag = "profiles",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::ProfileForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 200, description = "The profile", body = Profile),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 404, description = "No profile is drafted", body = Refusal),
    (status = 422, description = "A field is wrong", body = Refusal),
))]
pub async fn revise(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let (command, app) = (door.kyc(&asked, &origin).await?, door.app.clone());
    let work = async move { app.accounts.revise_profile(command).await };
    let profile = door.run("barong.revise_profile", Words::NONE, work).await?;
    Ok(ok(Profile::new(&profile, door.rules().api_data_masking_enabled)))
}

impl Barong {
    /// The fields that a caller sends.
    async fn kyc(&self, asked: &Asked, origin: &Origin) -> Result<KycCommand, Refusal> {
        let mut reader = self.reader(&asked.params, "resource.profile");
        let mut field = |field: KycField| Some((field, reader.optional(field.as_str())?));
        let fields = KycField::ALL.into_iter().filter_map(&mut field).collect();
        let submit = reader.flag("confirm");
        reader.finish()?;
        let account = self.account(asked.owner).await?;
        Ok(KycCommand { account, fields, submit, client: origin.client(DOOR) })
    }
}

/// What is wrong with a profile, in this door's words.
pub fn word(error: &KycError) -> Refusal {
    match error {
        KycError::Open => Refusal::key((422, "state.exists")),
        KycError::NoDraft => Refusal::key((404, "resource.profile.doesnt_exist_or_not_editable")),
        KycError::Port(_) => Refusal::key((500, "server.internal_error")),
        KycError::Refused(faults) => {
            let key = |(field, problem): &(KycField, KycProblem)| {
                format!("{}.{}", field.as_str(), reason(*problem)).into()
            };
            Refusal::keys(422, faults.iter().map(key).collect())
        }
    }
}

const fn reason(problem: KycProblem) -> &'static str {
    match problem {
        KycProblem::Invalid => "invalid",
        KycProblem::TooLong => "too_long",
        KycProblem::NotJson => "invalid_format",
        KycProblem::NoCountry => "must have alpha2 or alpha3 format",
    }
}
