//! Look-ups that arrive while others are under way travel together: one statement asks for all of them.
//!
//! What a round trip costs, here and in the server, depends little on how many rows it fetches. Every statement begins
//! after the look-ups it carries, so nobody reads what was true before they asked.

use std::collections::HashMap;

use async_trait::async_trait;
use portcullis_kernel::PortResult;

use crate::backend::Backend;
use crate::sql::failure::unanswered;
use crate::sql::lookup::Lookup;
use crate::sql::together::{Errand, Together};

/// The look-ups of one kind.
pub(crate) struct Lookups<L: Lookup>(Together<Wanted<L>>);

/// The key of a row.
struct Wanted<L: Lookup>(L::Key);

#[async_trait]
impl<L: Lookup> Errand for Wanted<L> {
    type With = Backend;
    type Answer = Option<L::Row>;

    const BATCH: usize = 64;

    fn joins(&self, _other: &Self) -> bool {
        true
    }

    async fn run(backend: &Backend, wanted: Vec<Self>) -> PortResult<Vec<Option<L::Row>>> {
        let keys: Vec<_> = wanted.into_iter().map(|wanted| wanted.0).collect();
        let mut db = backend.reader().await?;
        let rows = L::load(&mut db, keys.clone()).await.map_err(unanswered)?;
        let rows: HashMap<L::Key, L::Row> = rows.into_iter().collect();
        Ok(keys.iter().map(|key| rows.get(key).cloned()).collect())
    }
}

impl<L: Lookup> Lookups<L> {
    /// The row of a key.
    pub(crate) async fn find(&self, backend: &Backend, key: L::Key) -> PortResult<Option<L::Row>> {
        self.0.run(backend, Wanted(key)).await
    }
}

impl<L: Lookup> Default for Lookups<L> {
    fn default() -> Self {
        Self(Together::default())
    }
}

impl<L: Lookup> Clone for Lookups<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
