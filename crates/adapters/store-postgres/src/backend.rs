//! What PostgreSQL needs of its own: how it is connected, driven and understood.

use std::future::Future;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Pool, RecycleError, RecycleResult, Timeouts};
use diesel::ConnectionError;
use diesel::result::{DatabaseErrorInformation, QueryResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use portcullis_kernel::{PortError, PortResult};
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use crate::sql::failure::{Failure, Remedy, UniqueIndex, unreachable};
use crate::sql::transaction::{Lease, Verdict, Work};
use crate::sql::values::DbUuid;

pub(crate) use crate::connection::Conn;
pub(crate) use crate::lookups::Lookups;

pub(crate) type Db = diesel::pg::Pg;
pub(crate) type Pooled = managed::Object<Manager>;

const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Locks the rows of a query against changes until the transaction ends. Rows that refer to them can be added.
macro_rules! locked {
    ($query:expr) => {
        $query.for_no_key_update()
    };
}

/// Locks the rows of a query, passing over those that another transaction has locked.
macro_rules! unclaimed {
    ($query:expr) => {
        $query.for_update().skip_locked()
    };
}

/// Whether a column has the value of one of the keys.
macro_rules! among {
    ($column:expr, $keys:expr) => {
        $column.eq_any($keys)
    };
}

/// Runs the query of a look-up.
macro_rules! fetch {
    ($db:expr, $query:expr) => {
        diesel_async::RunQueryDsl::load($query, $db).await
    };
}

/// Inserts some rows: in one statement, which stays prepared for each number of rows.
macro_rules! insert_all {
    ($db:expr, $table:expr, $rows:expr) => {{
        let statement = diesel::insert_into($table).values($rows);
        diesel_async::RunQueryDsl::execute(crate::sql::kept::Keep::kept(statement), $db).await.map(drop)
    }};
}

pub(crate) use {among, fetch, insert_all, locked, unclaimed};

/// What a look-up asks for at a time.
pub(crate) type Keys<K> = Vec<K>;

/// Ids as the column holds them.
pub(crate) fn ids(ids: Vec<Uuid>) -> Vec<DbUuid> {
    ids.into_iter().map(DbUuid).collect()
}

/// How long a free connection, and how long a new one, is waited for.
const WAIT: Duration = Duration::from_secs(5);

/// A statement or an idle transaction that takes longer is given up by the server. Only transactions that say so write:
/// what was meant for one that did not begin must not stand by itself. Statements are planned once for each
/// connection: a look-up of one key costs less than its plan, and the server would make another for each number of keys.
const MANNERS: &str = "SET statement_timeout = 10000; SET idle_in_transaction_session_timeout = 30000; \
                       SET default_transaction_read_only = on; SET plan_cache_mode = force_generic_plan";

/// Runs work on the caller's task.
pub(crate) async fn drive<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> PortResult<T> {
    Ok(work.await)
}

/// The connections to one database.
#[derive(Clone)]
pub(crate) struct Backend {
    pool: Pool<Manager>,
}

impl Backend {
    /// Opens no connection yet.
    pub(crate) fn new(
        config: Config,
        tls: Option<MakeRustlsConnect>,
        connections: usize,
    ) -> PortResult<Self> {
        let pool = Pool::builder(Manager { config, tls })
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: None })
            .build()
            .map_err(PortError::broken)?;
        Ok(Self { pool })
    }

    pub(crate) async fn writer(&self) -> PortResult<Pooled> {
        self.pool.get().await.map_err(unreachable)
    }

    /// Does the work in a transaction of its own. A caller that goes away half-way takes the connection with it.
    pub(crate) async fn perform<A>(
        &self,
        mut work: Box<dyn Work>,
        verdict: Verdict<A>,
    ) -> PortResult<Result<A, Failure>> {
        let mut lease = Lease::of(self.writer().await?);
        let committed = match lease.connection() {
            Ok(db) => commit(db, &mut *work).await.map_err(Failure::Sql),
            Err(failure) => Err(failure),
        };
        if committed.is_ok() {
            lease.give_back();
        }
        work.settle(committed);
        verdict.await.map_err(PortError::broken)
    }

    pub(crate) async fn reader(&self) -> PortResult<Pooled> {
        self.pool.get().await.map_err(unreachable)
    }
}

async fn commit(db: &mut Conn, work: &mut dyn Work) -> QueryResult<()> {
    db.preface(BEGIN);
    let end = if work.apply(db).await { "COMMIT" } else { "ROLLBACK" };
    db.batch_execute(end).await
}

/// Makes connections, and takes back those that still stand.
pub(crate) struct Manager {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl managed::Manager for Manager {
    type Type = Conn;
    type Error = ConnectionError;

    async fn create(&self) -> Result<Conn, ConnectionError> {
        let unreached =
            |error: tokio_postgres::Error| ConnectionError::CouldntSetupConfiguration(wrap(error));
        let mut line = if let Some(tls) = &self.tls {
            let (client, driver) = self.config.connect(tls.clone()).await.map_err(unreached)?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await?
        } else {
            let (client, driver) = self.config.connect(tokio_postgres::NoTls).await.map_err(unreached)?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await?
        };
        line.batch_execute(MANNERS).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(Conn::new(line))
    }

    async fn recycle(&self, connection: &mut Conn, _: &Metrics) -> RecycleResult<ConnectionError> {
        if connection.is_broken() { Err(RecycleError::message("the connection is closed")) } else { Ok(()) }
    }
}

fn wrap(error: tokio_postgres::Error) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(Box::new(error))
}

/// The unique index behind a violation; PostgreSQL names it.
pub(crate) fn violated(information: &dyn DatabaseErrorInformation) -> Option<&'static UniqueIndex> {
    UniqueIndex::reported(information.constraint_name()?)
}

/// What an error without a kind of its own calls for. The driver hides the codes, so the English texts decide; on a
/// server that speaks another language such an error is not retried.
pub(crate) fn remedy(message: &str) -> Remedy {
    const PASSING: [&str; 8] = [
        "terminating connection",
        "the database system is",
        "canceling statement due to",
        "cannot execute",
        "sorry, too many clients already",
        "remaining connection slots are reserved",
        "could not extend file",
        "out of shared memory",
    ];
    if message.starts_with("deadlock detected") || message.starts_with("could not serialize access") {
        Remedy::Retry
    } else if PASSING.iter().any(|text| message.starts_with(text)) {
        Remedy::Wait
    } else {
        Remedy::None
    }
}
