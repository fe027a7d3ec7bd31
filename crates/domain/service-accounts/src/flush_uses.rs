//! Write down when keys were last used.

use portcullis_kernel::PortResult;

use crate::ApiKeys;

impl ApiKeys {
    /// Writes the uses noted since the last call and says how many keys they concern. If the store fails, they stay
    /// noted for the next call.
    pub async fn flush_uses(&self) -> PortResult<usize> {
        self.uses.flush(&*self.store).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portcullis_kernel::{
        AccountId, AccountState, Ambient, ApiKeyId, CompanyId, FreshId, MockClock, MockEntropy, PortError,
        Timestamp, TokenDigest,
    };

    use super::*;
    use crate::{MockApiKeyStore, PresentedKey};

    fn keys(store: MockApiKeyStore) -> ApiKeys {
        ApiKeys::new(Arc::new(store), Ambient::new(Arc::new(MockClock::new()), Arc::new(MockEntropy::new())))
    }

    fn presented() -> PresentedKey {
        let (at, mut entropy) = (Timestamp::from_seconds(0), MockEntropy::new());
        entropy.expect_fill().returning(|buffer| buffer.fill(7));
        PresentedKey {
            id: ApiKeyId::fresh(at, &entropy),
            company: CompanyId::fresh(at, &entropy),
            account: AccountId::fresh(at, &entropy),
            state: AccountState::Active,
            username: None,
            name: String::new(),
            active: true,
        }
    }

    #[tokio::test]
    async fn a_request_costs_one_read_and_a_flush_one_write_for_all() {
        let mut store = MockApiKeyStore::new();
        store.expect_find().times(3).returning(|_| Ok(Some(presented())));
        store.expect_touch().times(1).withf(|uses| uses.len() == 1).returning(|_| Ok(()));
        let keys = keys(store);
        for second in 1..=3 {
            let at = Timestamp::from_seconds(second);
            keys.present(TokenDigest::of("key"), at).await.unwrap();
        }
        assert_eq!(keys.flush_uses().await.unwrap(), 1);
        assert_eq!(keys.flush_uses().await.unwrap(), 0);
    }

    #[tokio::test]
    async fn an_outage_is_not_an_unknown_key() {
        let mut store = MockApiKeyStore::new();
        store.expect_find().returning(|_| Err(PortError::unavailable("switched off")));
        let answer = keys(store).present(TokenDigest::of("key"), Timestamp::from_seconds(1)).await;
        assert!(matches!(answer, Err(PortError::Unavailable(_))));
    }
}
