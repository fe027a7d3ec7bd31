//! How credentials travel through this door: in the body, as an access token (contract §1, §3.6).

use portcullis_sessions::{
    Authenticate, Credential, DoorRules, JwtExpectation, KeySlot, LookupRule, SessionKind, SessionPlan,
};

use super::Wikimedia;

impl Wikimedia {
    /// What this door's contract decides about signing in (§3.1, §4, §7).
    pub(super) fn door_rules(&self) -> DoorRules {
        DoorRules {
            lookup: LookupRule::ExactUsernameOrVerifiedEmail,
            admit_pending: false,
            state_first: false,
            challenge_lifetime: Some(self.rules().challenge_ttl),
            session: SessionPlan {
                kind: SessionKind::Jwt,
                lifetime: Some(self.rules().refresh_ttl),
                refresh_lifetime: Some(self.rules().refresh_ttl),
                challenges: None,
            },
        }
    }

    /// An access token of this door; an ID token or another door's token is none.
    pub(super) fn access_token(&self, compact: String) -> Authenticate {
        let claims = vec![
            ("iss", self.issuer().to_owned()),
            ("token_use", "access".to_owned()),
            ("client_id", self.rules().client_id.clone()),
        ];
        let expectation = JwtExpectation { slot: KeySlot::Access, claims };
        Authenticate {
            credential: Credential::Jwt { compact, expectation, session_claim: "origin_jti" },
            admit_pending: false,
        }
    }
}
