//! Both engines have the same schema; a newer or another one is refused.

use watchfire_store::{Location, Store, StoreConfig, StoreError, schema_version};

use crate::engine::engines;
use crate::house::{House, keeper};

#[tokio::test]
async fn both_engines_have_the_same_logical_schema() {
    let mut schemas = Vec::new();
    for engine in engines().await {
        let store = engine.open().await;
        let mut beside = engine.beside().await;
        let (columns, indices) = if engine.is_sqlite() {
            (
                "SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' \
                 || (c.pk > 0) FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1",
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1",
            )
        } else {
            (
                "SELECT c.table_name || '.' || c.column_name || ' ' || CASE c.data_type \
                 WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' \
                 WHEN 'bytea' THEN 'BLOB' WHEN 'text' THEN 'TEXT' ELSE c.data_type END \
                 || ' ' || CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END || ' ' || (EXISTS (\
                 SELECT 1 FROM information_schema.key_column_usage k \
                 JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name) \
                 WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema \
                 AND k.table_name = c.table_name AND k.column_name = c.column_name))::int \
                 FROM information_schema.columns c WHERE c.table_schema = current_schema()",
                "SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
                 JOIN pg_namespace n ON n.oid = i.relnamespace WHERE n.nspname = current_schema() \
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid) ORDER BY 1",
            )
        };
        let mut schema = beside.texts(columns).await;
        schema.sort();
        schema.extend(beside.texts(indices).await);
        assert!(schema.len() > 100, "{schema:?}");
        schemas.push(schema);
        store.close().await;
    }
    for other in &schemas[1..] {
        assert_eq!(&schemas[0], other);
    }
}

#[tokio::test]
async fn every_sqlite_table_is_strict() {
    let engine = engines().await.remove(0);
    let store = engine.open().await;
    let lax = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
               AND NOT strict AND name NOT LIKE 'sqlite_%'";
    let mut beside = engine.beside().await;
    assert_eq!(beside.texts(lax).await, Vec::<String>::new());
    beside.run("CREATE TABLE lax (a)").await;
    assert_eq!(beside.texts(lax).await, ["lax"], "a check that cannot fail");
    store.close().await;
}

#[tokio::test]
async fn a_store_opens_again_and_from_several_nodes_at_once() {
    for engine in engines().await {
        if engine.is_sqlite() {
            engine.open().await.close().await;
            engine.open().await.close().await;
            continue;
        }
        let config = StoreConfig::new(engine.location.clone());
        let opened = tokio::join!(Store::open(&config), Store::open(&config), Store::open(&config));
        for store in [opened.0, opened.1, opened.2] {
            store.unwrap().close().await;
        }
    }
}

#[tokio::test]
async fn a_newer_schema_and_a_changed_one_are_refused() {
    for engine in engines().await {
        engine.open().await.close().await;
        let config = StoreConfig::new(engine.location.clone());
        let mut beside = engine.beside().await;
        let newer = schema_version() + 1;
        beside.run(&format!("INSERT INTO schema_migrations VALUES ({newer}, 'x')")).await;
        let refused = Store::open(&config).await;
        assert!(matches!(refused, Err(StoreError::SchemaNewer { found, .. }) if found == newer));
        beside.run(&format!("DELETE FROM schema_migrations WHERE number = {newer}")).await;
        beside.run("UPDATE schema_migrations SET digest = 'x' WHERE number = 2").await;
        let refused = Store::open(&config).await;
        assert!(matches!(refused, Err(StoreError::SchemaChanged { number: 2 })));
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused_without_repeating_the_password() {
    let location = Location::Postgres("postgres://user:secret@[::1/db".into());
    let refused = Store::open(&StoreConfig::new(location)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Address(_)));
    assert!(!format!("{refused} {refused:?}").contains("secret"));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no.db");
    std::fs::write(&path, "this is not a database, and long enough to be looked at".repeat(20))
        .unwrap();
    let refused = Store::open(&StoreConfig::new(Location::File(path))).await;
    assert!(matches!(refused, Err(StoreError::StorageUnsafe(_))), "{refused:?}");
}

#[tokio::test]
async fn a_copy_is_a_whole_store_and_overwrites_nothing() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.lived_case(&eva).await;
        let grant = house.node_grant().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        let copied = house.store.copy_to(&grant, &path).await;
        if !engine.is_sqlite() {
            assert!(matches!(copied, Err(StoreError::Misuse(_))));
            house.store.close().await;
            continue;
        }
        copied.unwrap();
        assert!(house.store.copy_to(&grant, &path).await.is_err(), "it is there already");
        let copy = Store::open(&StoreConfig::new(Location::File(path))).await.unwrap();
        let (here, there) = (
            house.store.case_history(&eva, &opened.case).await.unwrap(),
            copy.case_history(&eva, &opened.case).await.unwrap(),
        );
        assert_eq!(here, there);
        copy.close().await;
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_settings_that_durability_rests_on_can_be_read() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let grant = house.store.authorize_node(&keeper()).await.unwrap();
        let settings = house.store.engine_settings(&grant).await.unwrap();
        assert!(settings.len() >= 4);
        if engine.is_sqlite() {
            assert!(settings.iter().all(|setting| setting.is_safe()), "{settings:?}");
        }
        house.store.close().await;
    }
}
