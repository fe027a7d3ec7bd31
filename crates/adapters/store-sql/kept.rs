//! Statements that stay prepared.

use diesel::QueryResult;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

use crate::backend::Db;

/// A statement that its connection prepares once.
///
/// Diesel prepares each UPDATE and each upsert anew, since the columns that one sets can differ from time to time; on
/// PostgreSQL that is a round trip and a plan. Only for statements of few shapes: the connection keeps each of them,
/// and finds it again by its SQL.
#[derive(Clone, Copy)]
pub(crate) struct Kept<T>(T);

/// Keeps a statement prepared.
pub(crate) trait Keep: Sized {
    /// This one.
    fn kept(self) -> Kept<Self>;
}

impl<T> Keep for T {
    fn kept(self) -> Kept<Self> {
        Kept(self)
    }
}

impl<T: QueryFragment<Db>> QueryFragment<Db> for Kept<T> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Db) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<T> QueryId for Kept<T> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Query> Query for Kept<T> {
    type SqlType = T::SqlType;
}
