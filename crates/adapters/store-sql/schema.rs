//! The tables, as the migrations leave them.

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    companies (id) {
        id -> UuidSql,
        slug -> Text,
        name -> Text,
        settings -> JsonSql,
        created_at -> TimeSql,
        details -> JsonSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    company_groups (company, name) {
        company -> UuidSql,
        name -> Text,
        label -> Nullable<Text>,
        section -> Text,
        public -> Bool,
        is_default -> Bool,
        created_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    accounts (id) {
        id -> UuidSql,
        uid -> Text,
        company -> UuidSql,
        username -> Nullable<Text>,
        username_key -> Nullable<Text>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        email_verified_at -> Nullable<TimeSql>,
        mobile -> Nullable<Text>,
        mobile_verified_at -> Nullable<TimeSql>,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<TimeSql>,
        password_expires_at -> Nullable<TimeSql>,
        password_temporary_until -> Nullable<TimeSql>,
        state -> Text,
        role -> Text,
        groups -> JsonSql,
        labels -> JsonSql,
        profile -> JsonSql,
        created_at -> TimeSql,
        updated_at -> TimeSql,
        last_sign_in_at -> Nullable<TimeSql>,
        version -> BigInt,
        delete_requested_at -> Nullable<TimeSql>,
        owner -> Bool,
        referral -> Nullable<Text>,
        data -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    service_accounts (id) {
        id -> UuidSql,
        uid -> Text,
        company -> UuidSql,
        owner -> UuidSql,
        email -> Nullable<Text>,
        role -> Text,
        state -> Text,
        created_at -> TimeSql,
        updated_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    known_devices (account, device) {
        account -> UuidSql,
        device -> Binary,
        last_seen_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    sessions (id) {
        id -> UuidSql,
        company -> UuidSql,
        account -> UuidSql,
        kind -> Text,
        handle -> Text,
        digest -> Nullable<Binary>,
        door -> Text,
        address -> Nullable<Text>,
        user_agent -> Text,
        label -> Nullable<Text>,
        created_at -> TimeSql,
        authenticated_at -> TimeSql,
        expires_at -> Nullable<TimeSql>,
        ended_at -> Nullable<TimeSql>,
        open_challenges -> BigInt,
        challenged_until -> Nullable<TimeSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    session_challenges (id) {
        id -> UuidSql,
        session -> UuidSql,
        company -> UuidSql,
        account -> UuidSql,
        kind -> Text,
        factors -> Text,
        request -> Nullable<Binary>,
        created_at -> TimeSql,
        expires_at -> Nullable<TimeSql>,
        completed_at -> Nullable<TimeSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    refresh_tokens (digest) {
        digest -> Binary,
        session -> UuidSql,
        parent -> Nullable<Binary>,
        issued_at -> TimeSql,
        expires_at -> TimeSql,
        used_at -> Nullable<TimeSql>,
        refreshes -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        slot -> Text,
        generation -> BigInt,
        private_pem -> Binary,
        private_pem_key_id -> Text,
        created_at -> TimeSql,
        signs_from -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    one_time_secrets (id) {
        id -> UuidSql,
        company -> UuidSql,
        account -> UuidSql,
        purpose -> Text,
        digest -> Nullable<Binary>,
        code -> Nullable<Binary>,
        code_key_id -> Nullable<Text>,
        target -> Nullable<Text>,
        issued_at -> TimeSql,
        expires_at -> TimeSql,
        consumed_at -> Nullable<TimeSql>,
        wrong_guesses -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    throttle_counters (key) {
        key -> Binary,
        started_at -> TimeSql,
        count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    authenticators (id) {
        id -> UuidSql,
        company -> UuidSql,
        account -> UuidSql,
        name -> Text,
        kind -> Text,
        secret -> Nullable<Binary>,
        secret_key_id -> Nullable<Text>,
        algorithm -> Nullable<Text>,
        last_step -> Nullable<BigInt>,
        mobile -> Nullable<Text>,
        verified_at -> Nullable<TimeSql>,
        created_at -> TimeSql,
        updated_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    recovery_codes (authenticator, position) {
        authenticator -> UuidSql,
        position -> BigInt,
        code -> Binary,
        code_key_id -> Text,
        used_at -> Nullable<TimeSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    api_keys (id) {
        id -> UuidSql,
        company -> UuidSql,
        account -> Nullable<UuidSql>,
        service_account -> Nullable<UuidSql>,
        kind -> Text,
        kid -> Nullable<Text>,
        digest -> Nullable<Binary>,
        secret -> Binary,
        secret_key_id -> Text,
        name -> Text,
        scopes -> JsonSql,
        created_at -> TimeSql,
        last_used_at -> Nullable<TimeSql>,
        state -> Text,
        updated_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    outbox (id) {
        id -> UuidSql,
        event -> Text,
        company -> Text,
        payload -> Binary,
        payload_key_id -> Text,
        status -> Text,
        attempts -> BigInt,
        due_at -> TimeSql,
        leased_until -> Nullable<TimeSql>,
        created_at -> TimeSql,
        settled_at -> Nullable<TimeSql>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    audit (id) {
        id -> UuidSql,
        at -> TimeSql,
        action -> Text,
        outcome -> Text,
        company -> Nullable<UuidSql>,
        account -> Nullable<UuidSql>,
        session -> Nullable<UuidSql>,
        door -> Text,
        address -> Nullable<Text>,
        user_agent -> Text,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    legal_terms (company, number) {
        company -> UuidSql,
        number -> BigInt,
        name -> Text,
        version -> Text,
        created_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    accepted_terms (account, number) {
        account -> UuidSql,
        company -> UuidSql,
        number -> BigInt,
        accepted_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    phones (account, number) {
        account -> UuidSql,
        number -> Text,
        company -> UuidSql,
        validated_at -> Nullable<TimeSql>,
        created_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    stored_data (account, title_key) {
        account -> UuidSql,
        title_key -> Text,
        title -> Text,
        data -> Text,
        created_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    kyc_profiles (id) {
        id -> UuidSql,
        account -> UuidSql,
        fields -> JsonSql,
        state -> Text,
        open -> Bool,
        created_at -> TimeSql,
        updated_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    restrictions (id) {
        id -> UuidSql,
        company -> UuidSql,
        category -> Text,
        scope -> Text,
        value -> Text,
        code -> BigInt,
        created_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    permissions (id) {
        id -> UuidSql,
        company -> UuidSql,
        role -> Text,
        verb -> Text,
        path -> Text,
        action -> Text,
        topic -> Nullable<Text>,
        created_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    stocked_permissions (company) {
        company -> UuidSql,
        stocked_at -> TimeSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::columns::{JsonSql, TimeSql, UuidSql};

    whitelinks (digest) {
        digest -> Binary,
        company -> UuidSql,
        created_at -> TimeSql,
        expires_at -> TimeSql,
    }
}

diesel::joinable!(accounts -> companies (company));
diesel::joinable!(service_accounts -> accounts (owner));
diesel::joinable!(sessions -> accounts (account));
diesel::joinable!(refresh_tokens -> sessions (session));
diesel::joinable!(one_time_secrets -> accounts (account));
diesel::allow_tables_to_appear_in_same_query!(
    companies,
    accounts,
    service_accounts,
    known_devices,
    sessions,
    refresh_tokens,
    one_time_secrets,
    api_keys,
    authenticators,
    legal_terms,
    accepted_terms,
);
