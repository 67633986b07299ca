//! The list of every statement, so that a test can have each engine check each of them.

/// Declares the statements of a room, and lists them in `STATEMENTS`.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $(
            $(#[$doc])*
            const $name: $crate::dialect::Statement =
                $crate::dialect::Statement::new(stringify!($name), $sql);
        )*
        /// Every statement of this room.
        #[cfg(test)]
        pub(crate) const STATEMENTS: &[$crate::dialect::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

#[cfg(test)]
mod tests {
    use crate::dialect::{Statement, differing};
    use crate::testing::engines;

    /// The rooms that have statements.
    macro_rules! rooms {
        ($($room:ident),* $(,)?) => {
            &[$((stringify!($room), crate::$room::STATEMENTS)),*]
        };
    }

    const ROOMS: &[(&str, &[Statement])] = rooms![
        annex,
        append,
        audit,
        case,
        due,
        history,
        idempotency,
        log,
        node,
        obligation,
        outbox,
        party,
        policy,
        rebuild,
        report,
        schema,
        session,
        submission,
    ];

    #[test]
    fn every_room_with_statements_is_listed() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut found = Vec::new();
        for file in std::fs::read_dir(source).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("\nstatements! {") {
                found.push(path.file_stem().unwrap().to_string_lossy().into_owned());
            }
        }
        found.sort();
        assert_eq!(found, ROOMS.iter().map(|(room, _)| *room).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn each_engine_accepts_each_statement() {
        for engine in engines().await {
            let store = engine.open().await;
            let mut connection = store.writer().await.unwrap();
            let listed = ROOMS.iter().flat_map(|(room, all)| all.iter().map(move |s| (*room, s)));
            let differing = differing::ALL.iter().map(|statement| ("dialect", statement));
            for (room, statement) in listed.chain(differing) {
                let prepared = connection.prepare(statement).await;
                assert!(prepared.is_ok(), "{room}::{}: {prepared:?}", statement.name);
            }
            let wrong = Statement::new("WRONG", "SELECT nothing FROM nowhere");
            assert!(connection.prepare(&wrong).await.is_err(), "a check that cannot fail");
            drop(connection);
            store.close().await;
        }
    }
}
