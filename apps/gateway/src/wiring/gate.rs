//! The gate of the barong door, and what it is made of.

use std::sync::Arc;

use portcullis_kernel::{Ambient, Door};
use portcullis_service_accounts::{ServiceAccounts, ServicePorts};
use portcullis_sessions::{Gate, GatePorts, GateRules, Geography};

use super::database::Stores;
use super::keys::Keys;
use crate::bridges::{CodeBridge, SignedKeyBridge};
use crate::settings::{Barong, Settings};
use portcullis_mfa::SecondFactors;

/// Upstreams of a stock Barong deployment whose public operations need nobody.
const UPSTREAMS: [&str; 6] = ["barong", "peatio", "ranger", "applogic", "arke", "finex"];
/// Upstreams whose management operations are not for the outside.
const MANAGED: [&str; 2] = ["barong", "peatio"];

pub(super) fn services(stores: &Stores, factors: &SecondFactors, ambient: &Ambient) -> ServiceAccounts {
    ServiceAccounts::new(ServicePorts {
        accounts: Arc::clone(&stores.service_accounts),
        keys: Arc::clone(&stores.signed_keys),
        uses: Arc::clone(&stores.api_keys),
        codes: Arc::new(CodeBridge(factors.clone())),
        ambient: ambient.clone(),
    })
}

pub(super) fn gate(
    settings: &Settings,
    stores: &Stores,
    services: &ServiceAccounts,
    keys: &Keys,
    ambient: &Ambient,
) -> anyhow::Result<Gate> {
    let barong = &settings.dialects.barong;
    let geography: Arc<dyn Geography> = super::geography::open(barong.geoip_database.as_deref())?;
    let ports = GatePorts {
        access: Arc::clone(&stores.access),
        whitelinks: Arc::clone(&stores.whitelinks),
        sessions: Arc::clone(&stores.sessions),
        extender: Arc::clone(&stores.extender),
        keys: Arc::new(SignedKeyBridge(services.clone())),
        geography,
        signer: keys.signer(),
        verifier: keys.verifier(),
        ambient: ambient.clone(),
    };
    Ok(Gate::new(ports, rules(barong)))
}

fn rules(barong: &Barong) -> GateRules {
    let own = barong.prefix.trim_start_matches('/');
    let both = |operation: &str| vec![format!("{own}/{operation}"), format!("api/v2/barong/{operation}")];
    let public = UPSTREAMS.iter().map(|upstream| format!("api/v2/{upstream}/public"));
    let open = ["identity", "public", "resource/swagger_doc"].iter().flat_map(|group| both(group));
    GateRules {
        door: Door::new("barong"),
        session_lifetime: barong.session_expire_time,
        csrf: barong.csrf_protection,
        nonce_window: barong.apikey_nonce_lifetime,
        nonce_once: barong.apikey_replay_protection,
        jwt_lifetime: barong.jwt_expire_time,
        jwt_reuse: barong.jwt_reuse,
        algorithm: barong.algorithm,
        login_paths: both("identity/sessions"),
        whitelist_paths: both("identity/users/access"),
        block: MANAGED.iter().map(|upstream| format!("api/v2/{upstream}/management")).collect(),
        pass: public.chain(open).collect(),
    }
}
