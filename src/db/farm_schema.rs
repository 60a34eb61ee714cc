//! The farm's own tables, as their migrations make them.
#![allow(missing_docs, reason = "generated items of the macro")]

diesel::table! {
    farm.installation (id) {
        id -> BigInt,
        farm_id -> Text,
    }
}

diesel::table! {
    farm.bots (slug) {
        slug -> Text,
        telegram_id -> Nullable<BigInt>,
        schema_version -> Nullable<Text>,
    }
}

diesel::table! {
    farm.hosts (host) {
        host -> Text,
        instance -> BigInt,
        version -> Text,
        started_at -> Timestamptz,
        alive_until -> Timestamptz,
        draining -> Bool,
        faults -> Array<Text>,
        keys -> Array<Text>,
        unable -> Array<Text>,
    }
}

diesel::table! {
    farm.definitions (slug) {
        slug -> Text,
        version -> BigInt,
        origin -> Text,
        mark -> Text,
        body -> Text,
        published_by -> Text,
        published_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        account -> Nullable<BigInt>,
    }
}

diesel::table! {
    farm.files (host, slug) {
        host -> Text,
        slug -> Text,
        path -> Text,
        mark -> Text,
        condemned -> Bool,
        secrets -> Text,
    }
}

diesel::table! {
    farm.leases (slug) {
        slug -> Text,
        host -> Nullable<Text>,
        epoch -> BigInt,
        state -> Nullable<Text>,
        since -> Nullable<Timestamptz>,
        reason -> Nullable<Text>,
        account -> Nullable<BigInt>,
    }
}

diesel::table! {
    farm.sessions (account, host) {
        account -> BigInt,
        host -> Text,
        slug -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(hosts, definitions, files, leases, bots);
