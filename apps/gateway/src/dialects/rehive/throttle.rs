//! How much a client may ask of this door (contract §10).

use std::net::IpAddr;
use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError};
use portcullis_kernel::{AccountId, Quota};

use super::Rehive;
use super::refusal::{Names, Refusal};
use crate::middleware::Origin;
use crate::quotas::Sender;

/// Counts every request, whatever its path.
pub(super) async fn everything<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let wait = counted(&request, |door| &door.app.settings.throttle.requests, Sender::address);
    go_on(request, next, wait).await
}

/// Counts the requests to paths that need no session.
pub(super) async fn anonymous<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let wait = counted(&request, |door| &door.app.settings.throttle.anonymous, Sender::anonymous);
    go_on(request, next, wait).await
}

fn counted(
    request: &ServiceRequest,
    quotas: fn(&Rehive) -> &Vec<Quota>,
    sender: fn(IpAddr) -> Sender,
) -> Result<(), Duration> {
    let Some(door) = request.app_data::<Data<Rehive>>() else { return Ok(()) };
    let quotas = quotas(door);
    if quotas.is_empty() {
        return Ok(());
    }
    door.app.request_quotas().charge(sender(Origin::of(request.request()).address), quotas)
}

async fn go_on<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
    wait: Result<(), Duration>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match wait {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(wait) => {
            let refused = Refusal::throttled(wait).error_response();
            Ok(request.into_response(refused).map_into_right_body())
        }
    }
}

impl Rehive {
    /// Counts a request of an account.
    pub(super) fn count(&self, account: AccountId) -> Result<(), Refusal> {
        let quotas = &self.app.settings.throttle.account;
        self.app.request_quotas().charge(Sender::account(account), quotas).map_err(Refusal::throttled)
    }

    /// Counts a registration from an address, done or refused, with a budget that every node shares.
    pub(super) async fn charge_registration(&self, address: IpAddr) -> Result<(), Refusal> {
        let (quotas, subject) = (&self.app.settings.throttle.registrations, address.to_string());
        let budgets: Vec<_> = quotas.iter().map(|quota| quota.of("registration/address", &subject)).collect();
        if budgets.is_empty() {
            return Ok(());
        }
        let app = self.app.clone();
        let work = async move { app.sessions.charge(budgets).await };
        self.run("rehive.charge", Names::NONE, work).await
    }
}
