//! The application: every façade, and how a use case is run.
//!
//! A client that hangs up drops its handler there and then; were the use case part of the handler, it would stop
//! half-way through a transaction. So one that changes anything runs as a task of its own on the main runtime, and the
//! handler only waits for it ([`App::run`]). One that changes nothing may be part of the handler ([`App::read`]).

use std::error::Error;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use portcullis_accounts::{Accounts, Company, Group};
use portcullis_kernel::{Ambient, CompanyId, CompanySlug, Probe};
use portcullis_mfa::SecondFactors;
use portcullis_outbox::Outbox;
use portcullis_password_reset::PasswordResets;
use portcullis_service_accounts::{ApiKeys, ServiceAccounts};
use portcullis_sessions::{Gate, Sessions};
use tokio::runtime::Handle;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::failure::{Failure, chain};
use crate::memory::Memory;
use crate::middleware::request_id;
use crate::ops::gauges::Gauges;
use crate::outside::{CaptchaService, IdentityProvider};
use crate::quotas::RequestQuotas;
use crate::settings::Settings;

/// How old a remembered company may be: what a command changes is in force within a second.
const COMPANY_MEMORY: Duration = Duration::from_millis(900);

/// What the application is made of.
pub struct Parts {
    /// Companies and accounts.
    pub accounts: Accounts,
    /// Sessions and tokens.
    pub sessions: Sessions,
    /// Second factors.
    pub factors: SecondFactors,
    /// Password resets.
    pub resets: PasswordResets,
    /// API keys that are presented in a header.
    pub keys: ApiKeys,
    /// The captcha service.
    pub captchas: Arc<dyn CaptchaService>,
    /// Who vouches for people that sign in elsewhere.
    pub identities: Arc<dyn IdentityProvider>,
    /// Service accounts and signed keys.
    pub services: ServiceAccounts,
    /// Who may use the barong door.
    pub gate: Gate,
    /// Mail and SMS on their way.
    pub outbox: Outbox,
    /// Whether the database answers.
    pub probe: Arc<dyn Probe>,
    /// What the operator chose.
    pub settings: Settings,
    /// Time and randomness.
    pub ambient: Ambient,
    /// The public signing keys as a JSON Web Key Set (RFC 7517).
    pub key_set: Arc<dyn Fn() -> Arc<str> + Send + Sync>,
    /// What metrics ask for when they are read.
    pub gauges: Gauges,
}

/// The application; a clone is another handle to the same one.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    runtime: Handle,
    draining: AtomicBool,
    keys_are_fresh: AtomicBool,
    companies: Memory<CompanySlug, Company>,
    groups: Memory<CompanyId, Vec<Group>>,
    request_quotas: RequestQuotas,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl App {
    /// Assembles the application on the runtime it is called on.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            runtime: Handle::current(),
            draining: AtomicBool::new(false),
            keys_are_fresh: AtomicBool::new(false),
            companies: Memory::new(COMPANY_MEMORY),
            groups: Memory::new(COMPANY_MEMORY),
            request_quotas: RequestQuotas::default(),
        }))
    }

    /// Runs a use case to its end, even if the caller goes away, in a span with its name and the request's id.
    ///
    /// `name` is `topic.action`, stable for dashboards. Nothing else goes into the span: no address, no identifier.
    /// The use case's own error folds into a [`Failure`]; one that should not happen is logged here, once.
    pub async fn run<T, E>(
        &self,
        name: &'static str,
        use_case: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, Failure>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let outcome = self.0.runtime.spawn(measured(name, use_case, report).instrument(span(name))).await;
        outcome.unwrap_or_else(|lost| Err(panicked(name, lost.to_string())))
    }

    /// Runs a use case that changes nothing, and is short, where it is called: handing it over would cost more than it
    /// does. If the caller goes away it ends there. What it starts runs on the main runtime.
    pub async fn read<T, E>(
        &self,
        name: &'static str,
        use_case: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure>
    where
        E: Into<Failure>,
    {
        in_place(&self.0.runtime, name, use_case).await
    }

    /// The company that a dialect serves. One that nobody has made yet is unavailable until somebody does.
    pub async fn company(&self, slug: &CompanySlug) -> Result<Arc<Company>, Failure> {
        self.find_company(slug).await?.ok_or_else(|| {
            tracing::warn!(company = %slug, "a dialect serves a company that does not exist");
            Failure::Unavailable("the company of this dialect does not exist".into())
        })
    }

    /// The company of that name, as it was at most a second ago.
    pub async fn find_company(&self, slug: &CompanySlug) -> Result<Option<Arc<Company>>, Failure> {
        if let Some(company) = self.0.companies.recall(slug) {
            return Ok(Some(company));
        }
        let (accounts, wanted) = (self.accounts.clone(), slug.clone());
        let found = self.run("company.find", async move { accounts.company(wanted).await }).await?;
        Ok(found.map(|company| self.0.companies.remember(slug.clone(), company)))
    }

    /// The groups of a company, as they were at most a second ago.
    pub async fn groups(&self, company: CompanyId) -> Result<Arc<Vec<Group>>, Failure> {
        if let Some(groups) = self.0.groups.recall(&company) {
            return Ok(groups);
        }
        let accounts = self.accounts.clone();
        let found = self.run("company.groups", async move { accounts.groups(company).await }).await?;
        Ok(self.0.groups.remember(company, found))
    }

    /// Gives the company of the barong door its first permissions, if it exists and never got them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stock_permissions(&self) -> Result<(), Failure> {
        let barong = &self.settings.dialects.barong;
        let Some(company) = self.accounts.company(barong.company.clone()).await? else { return Ok(()) };
        if self.gate.permissions(company.id).await?.is_empty() {
            let resource = format!("{}/resource", barong.prefix);
            self.gate.stock(company.id, &resource).await?;
        }
        Ok(())
    }

    /// How many requests each client sent to this node.
    #[must_use]
    pub fn request_quotas(&self) -> &RequestQuotas {
        &self.0.request_quotas
    }

    /// Whether the server finishes what runs and takes nothing new.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// Says that the server stops.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the signing keys could be read when they were last looked for.
    #[must_use]
    pub fn keys_are_fresh(&self) -> bool {
        self.0.keys_are_fresh.load(Ordering::Relaxed)
    }

    /// Notes whether the signing keys could be read.
    pub fn note_keys(&self, are_fresh: bool) {
        self.0.keys_are_fresh.store(are_fresh, Ordering::Relaxed);
    }
}

/// Runs a use case as part of the caller, and what it starts on the runtime. Its span is made when there is something to
/// say: until then it would cost as much as a twentieth of the request.
async fn in_place<T, E: Into<Failure>>(
    runtime: &Handle,
    name: &'static str,
    use_case: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    let say = |failure: &Failure| span(name).in_scope(|| report(failure));
    let mut work = pin!(AssertUnwindSafe(measured(name, use_case, say)).catch_unwind());
    let outcome = poll_fn(|context| {
        let _runtime = runtime.enter();
        work.as_mut().poll(context)
    });
    outcome.await.unwrap_or_else(|_payload| Err(panicked(name, name)))
}

fn panicked(name: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Failure {
    tracing::error!(use_case = name, "a use case panicked");
    Failure::Internal(cause.into())
}

fn span(name: &'static str) -> Span {
    if let Some(request) = request_id::current() {
        tracing::info_span!("use_case", name, %request)
    } else {
        tracing::info_span!("use_case", name)
    }
}

async fn measured<T, E: Into<Failure>>(
    name: &'static str,
    use_case: impl Future<Output = Result<T, E>>,
    report: impl FnOnce(&Failure),
) -> Result<T, Failure> {
    let started = Instant::now();
    let outcome = use_case.await.map_err(Into::into);
    let word = match &outcome {
        Ok(_) => "done",
        Err(failure) => {
            report(failure);
            failure.outcome()
        }
    };
    metrics::counter!("portcullis_use_cases_total", "use_case" => name, "outcome" => word).increment(1);
    metrics::histogram!("portcullis_use_case_seconds", "use_case" => name, "outcome" => word)
        .record(started.elapsed().as_secs_f64());
    outcome
}

fn report(failure: &Failure) {
    match failure {
        Failure::Internal(_) => tracing::error!(cause = chain(failure), "a use case failed"),
        Failure::Unavailable(_) => {
            tracing::warn!(cause = chain(failure), "a use case met something unavailable");
        }
        _ => tracing::debug!(refusal = %failure, "refused"),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use portcullis_kernel::PortError;
    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn main_runtime() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).thread_name("main").enable_all().build().unwrap()
    }

    fn serving<T>(work: impl Future<Output = T>) -> T {
        Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn a_read_runs_where_it_is_called_and_what_it_starts_on_the_main_runtime() {
        let main = main_runtime();
        let name = || thread::current().name().map(str::to_owned);
        let read = in_place(main.handle(), "test.read", async {
            let started = tokio::spawn(async move { name() }).await;
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok::<_, PortError>((name(), started.unwrap()))
        });
        let (caller, started) = serving(read).unwrap();
        assert_eq!((caller, started.as_deref()), (name(), Some("main")));
    }

    #[test]
    fn a_read_that_panics_is_a_failure_like_any_other() {
        let main = main_runtime();
        let read = in_place(main.handle(), "test.read", async {
            let defect: u8 = "no number".parse().unwrap();
            Ok::<_, PortError>(defect)
        });
        assert!(matches!(serving(read), Err(Failure::Internal(_))));
    }
}
