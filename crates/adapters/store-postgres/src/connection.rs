//! A connection that does not wait for answers of no interest.
//!
//! PostgreSQL answers statements in the order in which it receives them, and nothing depends on the answer to `BEGIN` or
//! `SAVEPOINT`. So these travel with the statement that follows them: a round trip less each time.

use diesel::pg::Pg;
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::result::{Error, QueryResult};
use diesel_async::pooled_connection::PoolableConnection as _;
use diesel_async::{AsyncConnectionCore, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join};

/// A connection, and what it has to say before anything else.
pub(crate) struct Conn {
    line: AsyncPgConnection,
    owed: String,
    /// Whether something of that failed: then nobody knows which transaction the statements after it were part of.
    lost: bool,
}

impl Conn {
    pub(crate) const fn new(line: AsyncPgConnection) -> Self {
        Self { line, owed: String::new(), lost: false }
    }

    /// Sends `statement` with the next one. Should it fail, so do that one and all that follow.
    pub(crate) fn preface(&mut self, statement: &str) {
        self.owed.push_str(statement);
        self.owed.push(';');
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
            return async { Err(Error::BrokenTransactionManager) }.boxed();
        }
        let mut line: &AsyncPgConnection = line;
        let statement = statement(line);
        if owed.is_empty() {
            return statement;
        }
        let owed = std::mem::take(owed);
        async move {
            let (paid, answer) = join(line.batch_execute(&owed), statement).await;
            *lost = paid.is_err();
            paid.and(answer)
        }
        .boxed()
    }
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
