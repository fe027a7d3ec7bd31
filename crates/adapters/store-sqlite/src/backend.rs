//! What SQLite needs of its own: how it is connected, driven and understood.

use std::error::Error;
use std::future::{Future, ready};
use std::marker::PhantomData;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Pool, RecycleResult, Timeouts};
use diesel::connection::SimpleConnection;
use diesel::result::DatabaseErrorInformation;
use diesel::{Connection, ConnectionError, SqliteConnection};
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use portcullis_kernel::{PortError, PortResult};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::private::keep_private;
use crate::queue::Queue;
use crate::sql::failure::{Failure, Remedy, UniqueIndex, unanswered, unreachable};
use crate::sql::lookup::Lookup;
use crate::sql::transaction::{Lease, Verdict, Work};
use crate::sql::values::DbUuid;

pub(crate) type Db = diesel::sqlite::Sqlite;
pub(crate) type Conn = SyncConnectionWrapper<SqliteConnection, Inline>;
pub(crate) type Pooled = managed::Object<Manager>;

/// Nothing is locked row by row: the transaction has the database to itself.
macro_rules! locked {
    ($query:expr) => {
        $query
    };
}

/// Nobody else can be claiming: the transaction has the database to itself.
macro_rules! unclaimed {
    ($query:expr) => {
        $query
    };
}

/// Whether a column has the value of the key.
macro_rules! among {
    ($column:expr, $key:expr) => {
        $column.eq($key)
    };
}

/// Runs the query of a look-up. It goes to the connection as it is: what it selects is read from the statement, and its
/// type finds the statement, where the asynchronous wrapper would copy each row and write the SQL out to look it up.
macro_rules! fetch {
    ($db:expr, $query:expr) => {{
        let query = $query;
        $db.spawn_blocking(move |db| diesel::RunQueryDsl::load(query, db)).await
    }};
}

/// Inserts some rows, one by one: the statement for one stays prepared.
macro_rules! insert_all {
    ($db:expr, $table:expr, $rows:expr) => {{
        for row in $rows {
            diesel_async::RunQueryDsl::execute(diesel::insert_into($table).values(row), $db).await?;
        }
        Ok(())
    }};
}

pub(crate) use {among, fetch, insert_all, locked, unclaimed};

/// What a look-up asks for at a time.
pub(crate) type Keys<K> = K;

/// An id as the column holds it.
pub(crate) const fn ids(id: Uuid) -> DbUuid {
    DbUuid(id)
}

/// Look-ups, each by itself: a read takes microseconds, and a statement for one key stays prepared.
pub(crate) struct Lookups<L>(PhantomData<fn() -> L>);

impl<L: Lookup> Lookups<L> {
    pub(crate) async fn find(&self, backend: &Backend, key: L::Key) -> PortResult<Option<L::Row>> {
        let mut db = backend.reader().await?;
        let rows = L::load(&mut db, key).await.map_err(unanswered)?;
        Ok(rows.into_iter().next().map(|(_, row)| row))
    }
}

impl<L> Default for Lookups<L> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<L> Clone for Lookups<L> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// How long a connection is waited for.
const WAIT: Duration = Duration::from_secs(5);

const COMMON: &str = "PRAGMA busy_timeout = 5000;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA mmap_size = 268435456;";
const WRITER: &str = "PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -8192;";
const READER: &str = "PRAGMA cache_size = -2048;
    PRAGMA query_only = ON;";

/// Runs statements in the calling thread. A reader's take microseconds; the writer's are driven as a whole
/// transaction on a blocking thread, see [`drive`].
pub(crate) struct Inline;

impl SpawnBlocking for Inline {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = Result<R, Box<dyn Error + Send + Sync>>> + Send + 'a>> {
        Box::pin(ready(Ok(task())))
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// Runs work that can take long, and that must not be cut short, on a blocking thread.
pub(crate) async fn drive<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> PortResult<T> {
    let runtime = Handle::current();
    spawn_blocking(move || runtime.block_on(work)).await.map_err(PortError::broken)
}

/// The connections to one file: one that writes and a few that read.
#[derive(Clone)]
pub(crate) struct Backend {
    writer: Pool<Manager>,
    readers: Pool<Manager>,
    pub(crate) queue: Arc<Queue>,
}

impl Backend {
    /// Opens no connection yet.
    pub(crate) fn new(path: &Path, readers: usize) -> PortResult<Self> {
        let url = path.to_str().ok_or_else(|| PortError::broken("the path of the database is not UTF-8"))?;
        let pool = |pragmas, size| {
            let manager = Manager { url: url.to_owned(), pragmas };
            Pool::builder(manager)
                .max_size(size)
                .runtime(Runtime::Tokio1)
                .timeouts(Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: None })
                .build()
                .map_err(PortError::broken)
        };
        Ok(Self { writer: pool(WRITER, 1)?, readers: pool(READER, readers)?, queue: Arc::default() })
    }

    /// Queues the work. Whoever gets the writer first commits what has queued by then, its own or not; an answer
    /// arrives when its transaction is on disk.
    pub(crate) async fn perform<A>(
        &self,
        work: Box<dyn Work>,
        mut verdict: Verdict<A>,
    ) -> PortResult<Result<A, Failure>> {
        let _waiter = self.queue.push(work);
        loop {
            tokio::select! {
                biased;
                told = &mut verdict => return told.map_err(PortError::broken),
                writer = self.writer() => {
                    let (queue, lease) = (self.queue.clone(), Lease::of(writer?));
                    drive(async move { queue.work_off(lease).await }).await?;
                }
            }
        }
    }

    pub(crate) async fn writer(&self) -> PortResult<Pooled> {
        self.writer.get().await.map_err(unreachable)
    }

    pub(crate) async fn reader(&self) -> PortResult<Pooled> {
        self.readers.get().await.map_err(unreachable)
    }
}

/// Makes connections.
pub(crate) struct Manager {
    url: String,
    pragmas: &'static str,
}

impl managed::Manager for Manager {
    type Type = Conn;
    type Error = ConnectionError;

    async fn create(&self) -> Result<Conn, ConnectionError> {
        let (url, pragmas) = (self.url.clone(), self.pragmas);
        let opened = spawn_blocking(move || connect(&url, pragmas)).await;
        opened.map_err(|error| ConnectionError::BadConnection(error.to_string()))?
    }

    async fn recycle(&self, _: &mut Conn, _: &Metrics) -> RecycleResult<ConnectionError> {
        Ok(())
    }
}

fn connect(url: &str, pragmas: &str) -> Result<Conn, ConnectionError> {
    keep_private(Path::new(url)).map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
    let mut connection = SqliteConnection::establish(url)?;
    for batch in [COMMON, pragmas] {
        connection.batch_execute(batch).map_err(ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok(Conn::with_runtime(connection, Inline))
}

/// The unique index behind a violation; SQLite names its columns.
pub(crate) fn violated(information: &dyn DatabaseErrorInformation) -> Option<&'static UniqueIndex> {
    let (_, columns) = information.message().rsplit_once(": ")?;
    UniqueIndex::reported(columns)
}

/// What an error without a kind of its own calls for, by SQLite's fixed English texts. Whoever meets a lock has waited
/// for it already, as long as `busy_timeout` says: nothing is begun again.
pub(crate) fn remedy(message: &str) -> Remedy {
    const PASSING: [&str; 8] = [
        "database is locked",
        "database table is locked",
        "unable to open database file",
        "disk I/O error",
        "database or disk is full",
        "attempt to write a readonly database",
        "database schema is locked",
        "out of memory",
    ];
    if PASSING.iter().any(|text| message.starts_with(text)) { Remedy::Wait } else { Remedy::None }
}
