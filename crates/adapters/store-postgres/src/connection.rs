//! A connection that does not wait for the answer to `BEGIN`.
//!
//! PostgreSQL answers statements in the order in which it receives them, and nothing depends on that answer. So `BEGIN`
//! travels with the first statement of its transaction: a round trip less for each write-set. Should it fail, the
//! statement after it is refused as well, because outside a transaction that says otherwise a connection only reads.

use diesel::pg::Pg;
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use diesel_async::pooled_connection::PoolableConnection as _;
use diesel_async::{AsyncConnectionCore, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join};

/// A connection, and what it has to say before anything else.
pub(crate) struct Conn {
    line: AsyncPgConnection,
    owed: Option<&'static str>,
    /// Whether something of that failed, or nobody waited to see.
    lost: bool,
}

impl Conn {
    pub(crate) const fn new(line: AsyncPgConnection) -> Self {
        Self { line, owed: None, lost: false }
    }

    /// Sends `statement` with the next one. Should it fail, so do that one and all that follow: the connection counts as
    /// closed.
    pub(crate) const fn preface(&mut self, statement: &'static str) {
        self.owed = Some(statement);
    }

    /// Whether it can no longer be used.
    pub(crate) fn is_broken(&mut self) -> bool {
        self.lost || self.line.is_broken()
    }

    pub(crate) fn into_line(self) -> AsyncPgConnection {
        self.line
    }

    /// Sends what is owed, and a statement after it, without waiting in between.
    fn send<'a, T: Send + 'a>(
        &'a mut self,
        statement: impl FnOnce(&'a AsyncPgConnection) -> BoxFuture<'a, QueryResult<T>>,
    ) -> BoxFuture<'a, QueryResult<T>> {
        let Self { line, owed, lost } = self;
        if *lost {
            return async { Err(closed()) }.boxed();
        }
        let mut line: &AsyncPgConnection = line;
        let statement = statement(line);
        let Some(first) = *owed else { return statement };
        async move {
            (*owed, *lost) = (None, true);
            let (paid, answer) = join(line.batch_execute(first), statement).await;
            *lost = paid.is_err();
            paid.and(answer)
        }
        .boxed()
    }
}

fn closed() -> Error {
    let message = "a transaction did not begin on this connection".to_owned();
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(message))
}

impl SimpleAsyncConnection for Conn {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        let query = query.to_owned();
        self.send(|mut line| async move { line.batch_execute(&query).await }.boxed()).await
    }
}

impl AsyncConnectionCore for Conn {
    type ExecuteFuture<'conn, 'query> = BoxFuture<'conn, QueryResult<usize>>;
    type LoadFuture<'conn, 'query> = BoxFuture<'conn, QueryResult<Self::Stream<'conn, 'query>>>;
    type Stream<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::Stream<'conn, 'query>;
    type Row<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::Row<'conn, 'query>;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        self.send(|mut line| AsyncConnectionCore::load(&mut line, source))
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        self.send(|mut line| AsyncConnectionCore::execute_returning_count(&mut line, source))
    }
}
