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
    use crate::dialect::{Statement, differing, listed};
    use crate::testing::engines;

    /// The rooms that have statements.
    macro_rules! rooms {
        ($($($room:ident)::+),* $(,)?) => {
            &[$((stringify!($($room)::+), crate::$($room)::+::STATEMENTS)),*]
        };
    }

    const ROOMS: &[(&str, &[Statement])] = rooms![
        advisory,
        advisory::put,
        amendment,
        amendment_law,
        annex,
        append::perform,
        audit,
        case,
        case_fact,
        country,
        department,
        document,
        due,
        feed,
        history,
        idempotency,
        inventory,
        lawbook,
        log,
        log::entry,
        log::proof,
        log::tick,
        node,
        obligation,
        outbox,
        party,
        policy,
        product,
        question,
        rebuild,
        report,
        sbom,
        schema,
        session,
        standing,
        submission,
        vulnerability,
        vulnerability::list,
        vulnerability::state,
    ];

    #[test]
    fn every_room_with_statements_is_listed() {
        let source = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
        let mut found = Vec::new();
        let mut folders = vec![source.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                if text.contains("\nstatements! {") {
                    let room = path.strip_prefix(source).unwrap().with_extension("");
                    found.push(room.to_string_lossy().replace('/', "::"));
                }
            }
        }
        found.sort();
        // The compiler writes a path with spaces.
        let listed = ROOMS.iter().map(|(room, _)| room.replace(' ', "")).collect::<Vec<_>>();
        assert_eq!(found, listed);
    }

    #[tokio::test]
    async fn each_engine_accepts_each_statement() {
        for engine in engines().await {
            let store = engine.open().await;
            let mut connection = store.writer().await.unwrap();
            let listed = ROOMS.iter().flat_map(|(room, all)| all.iter().map(move |s| (*room, s)));
            let differing = differing::ALL.iter().chain(listed::ALL);
            let differing = differing.map(|statement| ("dialect", statement));
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
