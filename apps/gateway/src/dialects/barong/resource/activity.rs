//! What users did (contract §8.9, §9.7).

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use portcullis_accounts::AuditFilter;
use portcullis_kernel::{AccountId, AuditEvent, Timestamp};

use crate::dialects::barong::Barong;
use crate::dialects::barong::owner::Asked;
use crate::dialects::barong::refusal::{Key, Refusal, Words};
use crate::dialects::barong::wire::{Activity, Answer, Paging, Params, Reader, Topic, outcome};

const WRONG_TOPIC: Key = (422, "resource.user.wrong_topic");
const NOTHING: Key = (422, "resource.user.no_activity");
/// The last second that a calendar knows: 9999-12-31T23:59:59Z.
const LAST: i64 = 253_402_300_799;

/// What the caller did and what was tried in their name, newest first.
#[utoipa::path(get, path = "/api/v2/auth/resource/users/activity/{topic}", tag = "users",
    security(("cookie" = []), ("jwt" = [])),
    params(
        ("topic" = String, Path, description = "`all`, `session`, `otp`, `password` or `account`"),
        ("time_from" = Option<i64>, Query, description = "From this Unix second on"),
        ("time_to" = Option<i64>, Query, description = "Before this Unix second"),
        ("result" = Option<String>, Query, description = "`succeed`, `failed` or `denied`"),
        ("page" = Option<u32>, Query, description = "1 and up"),
        ("limit" = Option<u32>, Query, description = "1 to 100"),
    ),
    responses(
    (status = 200, description = "A page, with `Total`, `Per-Page`, `Page` and `Link`", body = [Activity]),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "A parameter is wrong, or nothing was found at all", body = Refusal),
))]
pub async fn list(asked: Asked, door: Data<Barong>, topic: Path<String>, request: HttpRequest) -> Answer {
    let wanted = Wanted::read(&asked.params)?;
    let paging = Paging::read(&asked.params)?;
    let topic = Topic::parse(&topic).ok_or_else(|| Refusal::key(WRONG_TOPIC))?;
    let filter = wanted.of(asked.owner.account, topic)?;
    let app = door.app.clone();
    let work = async move { app.accounts.audit(filter, paging.request()).await };
    let page = door.run("barong.activity", Words::NONE, work).await?;
    if page.total == 0 {
        return Err(Refusal::key(NOTHING));
    }
    Ok(paging.answer(&request, page, |event| door.activity(event)))
}

/// Which of a topic's activities a client wants.
struct Wanted {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    result: Option<String>,
}

impl Wanted {
    fn read(params: &Params) -> Result<Self, Refusal> {
        let mut reader = Reader::new(params, "resource.user", 422);
        let mut second = |name| {
            let second = reader.integer(name)?;
            Some(Timestamp::from_seconds(second.clamp(0, LAST)))
        };
        let (since, until) = (second("time_from"), second("time_to"));
        let result = reader.filled("result");
        reader.finish()?;
        Ok(Self { since, until, result })
    }

    /// Those of an account. A result that nothing has is no fault: nothing is found.
    fn of(self, account: AccountId, topic: Topic) -> Result<AuditFilter, Refusal> {
        let result = self.result.map(|result| outcome(&result).ok_or_else(|| Refusal::key(NOTHING)));
        let (account, kinds) = (Some(account), Some(topic.kinds()));
        Ok(AuditFilter { account, since: self.since, until: self.until, kinds, outcome: result.transpose()? })
    }
}

impl Barong {
    fn activity(&self, event: AuditEvent) -> Activity {
        let country = event.client.address.and_then(|address| self.app.gate.country_of(address));
        Activity::new(event, country)
    }
}
