DROP TABLE import_rows, telegram_peers, telegram_keys, telegram_session, audit_log, outbox,
    transactions, provider_messages, reservations, service_provider_map, providers, numbers,
    service_countries, services, users;
