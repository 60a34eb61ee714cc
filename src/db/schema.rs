// @generated automatically by Diesel CLI.

diesel::table! {
    admin_areas (user_id, area) {
        user_id -> Int8,
        area -> Text,
    }
}

diesel::table! {
    admin_failures (user_id) {
        user_id -> Int8,
        failures -> Int4,
        locked_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    admin_sessions (user_id) {
        user_id -> Int8,
        expires_at -> Timestamptz,
        password_mark -> Text,
    }
}

diesel::table! {
    alerts (kind, subject) {
        kind -> Text,
        subject -> Text,
        raised_at -> Timestamptz,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Int8,
        at -> Timestamptz,
        actor -> Text,
        action -> Text,
        subject -> Text,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
    }
}

diesel::table! {
    broadcast_recipients (broadcast_id, user_id) {
        broadcast_id -> Int8,
        user_id -> Int8,
        telegram_id -> Int8,
        status -> Text,
    }
}

diesel::table! {
    broadcasts (id) {
        id -> Int8,
        telegram_id -> Int8,
        body -> Text,
        status -> Text,
        request_key -> Text,
        screen_message_id -> Nullable<Int4>,
        created_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    channels (id) {
        id -> Int8,
        chat_id -> Nullable<Int8>,
        title -> Text,
        username_or_link -> Text,
        required -> Bool,
        active -> Bool,
        reward_amount -> Nullable<Numeric>,
        frequency -> Text,
        every -> Int4,
        origin -> Text,
        removed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    created_bots (bot_id) {
        bot_id -> Int8,
        owner -> Int8,
        username -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    dialogs (user_id) {
        user_id -> Int8,
        state -> Jsonb,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    import_rows (import_id, line) {
        import_id -> Int8,
        line -> Int8,
        service_country_id -> Int8,
        phone_number -> Text,
        price_override -> Nullable<Numeric>,
        status -> Text,
    }
}

diesel::table! {
    imports (id) {
        id -> Int8,
        telegram_id -> Int8,
        file_name -> Text,
        status -> Text,
        began_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    lease (id) {
        id -> Int8,
        epoch -> Int8,
    }
}

diesel::table! {
    message_parts (id) {
        id -> Int8,
        provider_id -> Int8,
        reference -> Text,
        part -> Int4,
        total -> Int4,
        identity -> Text,
        body -> Text,
        sender -> Nullable<Text>,
        line -> Nullable<Text>,
        raw_payload -> Jsonb,
        received_at -> Timestamptz,
        joined -> Bool,
    }
}

diesel::table! {
    numbers (id) {
        id -> Int8,
        service_id -> Int8,
        service_country_id -> Int8,
        country_code -> Text,
        phone_number -> Text,
        status -> Text,
        available_from -> Timestamptz,
        reserved_by_user_id -> Nullable<Int8>,
        reserved_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
        code_received_at -> Nullable<Timestamptz>,
        price_override -> Nullable<Numeric>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Int8,
        kind -> Text,
        telegram_id -> Int8,
        reservation_id -> Nullable<Int8>,
        random_id -> Int8,
        status -> Text,
        attempts -> Int4,
        next_try_at -> Timestamptz,
        message_id -> Nullable<Int4>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        done_at -> Nullable<Timestamptz>,
        details -> Nullable<Jsonb>,
    }
}

diesel::table! {
    provider_messages (id) {
        id -> Int8,
        provider_id -> Int8,
        identity -> Text,
        raw_payload -> Jsonb,
        received_at -> Timestamptz,
        outcome -> Text,
        reason -> Nullable<Text>,
        reservation_id -> Nullable<Int8>,
        phone_number -> Nullable<Text>,
        body -> Nullable<Text>,
        sender -> Nullable<Text>,
        line -> Nullable<Text>,
    }
}

diesel::table! {
    providers (id) {
        id -> Int8,
        name -> Text,
        base_url -> Nullable<Text>,
        api_key -> Nullable<Text>,
        mode -> Text,
        poll_interval_sec -> Int4,
        active -> Bool,
        origin -> Text,
        webhook_token -> Nullable<Text>,
        deleted_name -> Nullable<Text>,
        answered_at -> Nullable<Timestamptz>,
        failed_at -> Nullable<Timestamptz>,
        failure -> Nullable<Text>,
        adapter -> Text,
        url_key -> Nullable<Text>,
        options -> Text,
        cursor -> Nullable<Text>,
        read_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    reservations (id) {
        id -> Int8,
        user_id -> Int8,
        service_id -> Int8,
        service_country_id -> Int8,
        number_id -> Int8,
        phone_number -> Text,
        status -> Text,
        price -> Numeric,
        held -> Numeric,
        request_key -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        completed_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        rests_until -> Nullable<Timestamptz>,
        code_value -> Nullable<Text>,
        version -> Int4,
        shown_version -> Int4,
        screen_message_id -> Nullable<Int4>,
        changes -> Int4,
        replaces_id -> Nullable<Int8>,
        code_received_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    service_countries (id) {
        id -> Int8,
        service_id -> Int8,
        country_name -> Text,
        country_code -> Text,
        flag -> Text,
        active -> Bool,
        price -> Nullable<Numeric>,
        origin -> Text,
        deleted_name -> Nullable<Text>,
    }
}

diesel::table! {
    service_provider_map (id) {
        id -> Int8,
        service_id -> Int8,
        provider_id -> Int8,
        regex_pattern -> Nullable<Text>,
    }
}

diesel::table! {
    services (id) {
        id -> Int8,
        name -> Text,
        emoji -> Text,
        description -> Nullable<Text>,
        active -> Bool,
        default_price -> Numeric,
        code_regex -> Nullable<Text>,
        aliases -> Array<Nullable<Text>>,
        origin -> Text,
        deleted_name -> Nullable<Text>,
        words -> Nullable<Array<Nullable<Text>>>,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Jsonb,
        changed_at -> Timestamptz,
        changed_by -> Text,
    }
}

diesel::table! {
    telegram_keys (host, dc_id) {
        host -> Text,
        dc_id -> Int4,
        address -> Text,
        home -> Bool,
        sealed_key -> Nullable<Text>,
        signed_in -> Bool,
    }
}

diesel::table! {
    telegram_peers (kind, peer_id) {
        kind -> Text,
        peer_id -> Int8,
        access_hash -> Int8,
    }
}

diesel::table! {
    telegram_session (id) {
        id -> Int8,
        bot_id -> Nullable<Int8>,
        pts -> Int4,
        qts -> Int4,
        date -> Int4,
        seq -> Int4,
    }
}

diesel::table! {
    transactions (id) {
        id -> Int8,
        user_id -> Int8,
        #[sql_name = "type"]
        type_ -> Text,
        amount -> Numeric,
        balance_after -> Numeric,
        reason -> Text,
        actor -> Text,
        service_id -> Nullable<Int8>,
        number_id -> Nullable<Int8>,
        reservation_id -> Nullable<Int8>,
        created_at -> Timestamptz,
        request_key -> Nullable<Text>,
    }
}

diesel::table! {
    user_channel_rewards (id) {
        id -> Int8,
        user_id -> Int8,
        channel_id -> Int8,
        last_award_at -> Timestamptz,
        times_awarded -> Int4,
    }
}

diesel::table! {
    users (id) {
        id -> Int8,
        telegram_id -> Int8,
        username -> Nullable<Text>,
        first_name -> Text,
        last_name -> Nullable<Text>,
        language -> Nullable<Text>,
        balance -> Numeric,
        held -> Numeric,
        joined_at -> Timestamptz,
        role -> Text,
        is_banned -> Bool,
        last_reward_at -> Nullable<Timestamptz>,
        seen_at -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(admin_areas -> users (user_id));
diesel::joinable!(admin_failures -> users (user_id));
diesel::joinable!(admin_sessions -> users (user_id));
diesel::joinable!(broadcast_recipients -> broadcasts (broadcast_id));
diesel::joinable!(broadcast_recipients -> users (user_id));
diesel::joinable!(dialogs -> users (user_id));
diesel::joinable!(message_parts -> providers (provider_id));
diesel::joinable!(numbers -> service_countries (service_country_id));
diesel::joinable!(numbers -> services (service_id));
diesel::joinable!(numbers -> users (reserved_by_user_id));
diesel::joinable!(outbox -> reservations (reservation_id));
diesel::joinable!(provider_messages -> providers (provider_id));
diesel::joinable!(provider_messages -> reservations (reservation_id));
diesel::joinable!(reservations -> numbers (number_id));
diesel::joinable!(reservations -> service_countries (service_country_id));
diesel::joinable!(reservations -> services (service_id));
diesel::joinable!(reservations -> users (user_id));
diesel::joinable!(service_countries -> services (service_id));
diesel::joinable!(service_provider_map -> providers (provider_id));
diesel::joinable!(service_provider_map -> services (service_id));
diesel::joinable!(transactions -> numbers (number_id));
diesel::joinable!(transactions -> reservations (reservation_id));
diesel::joinable!(transactions -> services (service_id));
diesel::joinable!(transactions -> users (user_id));
diesel::joinable!(user_channel_rewards -> channels (channel_id));
diesel::joinable!(user_channel_rewards -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    admin_areas,
    admin_failures,
    admin_sessions,
    alerts,
    audit_log,
    broadcast_recipients,
    broadcasts,
    channels,
    dialogs,
    import_rows,
    imports,
    lease,
    message_parts,
    numbers,
    outbox,
    provider_messages,
    providers,
    reservations,
    service_countries,
    service_provider_map,
    services,
    settings,
    telegram_keys,
    telegram_peers,
    telegram_session,
    transactions,
    user_channel_rewards,
    users,
);
