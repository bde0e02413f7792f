//! Two memory servers of different authors behind one world. One has structured content and says so,
//! the other has text.

use crate::{host, of_npm};
use first_class::CallError;
use first_class_host::backends::mcp::Mcp;
use graph::knowledge::{Entity, Facts, Relation};
use std::path::Path;

first_class::first_class_world!({
    world: "graph",
    inline: "package test:graph@0.1.0;
        interface knowledge {
            record entity { name: string, entity-type: string, observations: list<string> }
            record relation { %from: string, to: string, relation-type: string }
            record facts { entity-name: string, contents: list<string> }
            record graph { entities: list<entity>, relations: list<relation> }
            /// Those that are new.
            create-entities: func(entities: list<entity>) -> result<list<entity>, string>;
            create-relations: func(relations: list<relation>) -> result<list<relation>, string>;
            add-observations: func(observations: list<facts>) -> result<_, string>;
            delete-entities: func(entity-names: list<string>) -> result<_, string>;
            read-graph: func() -> result<graph, string>;
            open-nodes: func(names: list<string>) -> result<graph, string>;
        }
        world graph { export knowledge; }",
});

/// The name, the file of the script, and the variable and the option that say where it remembers.
const SERVERS: [(&str, &str); 2] = [
    (
        "official",
        "@modelcontextprotocol/server-memory/dist/index.js",
    ),
    ("other", "@itseasy21/mcp-knowledge-graph/dist/index.js"),
];

fn servers(directory: &Path) -> Option<Vec<(&'static str, Mcp)>> {
    let servers = SERVERS.iter().map(|(name, file)| {
        let memory = directory.join(name);
        let memory = memory.to_str().expect("is text");
        let mcp = of_npm(file, &["--memory-path", memory])?;
        Some((*name, mcp.env("MEMORY_FILE_PATH", memory)))
    });
    servers.collect()
}

fn entity(name: &str, observations: &[&str]) -> Entity {
    Entity {
        name: name.into(),
        entity_type: "person".into(),
        observations: observations.iter().map(|it| (*it).to_owned()).collect(),
    }
}

#[test]
fn one_world_is_served_by_both() {
    let directory = tempfile::tempdir().expect("a directory");
    let Some(servers) = servers(directory.path()) else {
        return;
    };
    let shim = host(servers);
    for (name, _) in SERVERS {
        let instance = GraphInstance::load(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let graph = instance.knowledge();
        let entities = [entity("Ada", &["writes \"programs\""]), entity("Bob", &[])];
        let created = graph.create_entities(&entities);
        assert_eq!(created, Ok(Ok(entities.to_vec())), "{name}");
        let again = graph.create_entities(&entities[..1]);
        assert_eq!(again, Ok(Ok(Vec::new())), "{name}");
        let knows = Relation {
            from: "Ada".into(),
            to: "Bob".into(),
            relation_type: "knows".into(),
        };
        let related = graph.create_relations(std::slice::from_ref(&knows));
        assert_eq!(related, Ok(Ok(vec![knows.clone()])), "{name}");
        let facts = Facts {
            entity_name: "Bob".into(),
            contents: vec!["läuft 🏃".into()],
        };
        assert_eq!(graph.add_observations(&[facts]), Ok(Ok(())), "{name}");

        let found = graph.open_nodes(&["Bob".into()]);
        let found = found.expect("is answered").expect("is found");
        assert_eq!(found.entities, [entity("Bob", &["läuft 🏃"])], "{name}");
        let all = graph.read_graph().expect("is answered").expect("is read");
        assert_eq!(
            (all.entities.len(), all.relations),
            (2, vec![knows]),
            "{name}"
        );
        assert_eq!(graph.delete_entities(&["Bob".into()]), Ok(Ok(())), "{name}");
        let all = graph.read_graph().expect("is answered").expect("is read");
        assert_eq!(all.entities, [entities[0].clone()], "{name}");
    }
    assert_eq!(shim.snapshot().instances, 0);
}

#[test]
fn what_a_tool_says_of_its_failure_is_the_error_of_the_function() {
    let directory = tempfile::tempdir().expect("a directory");
    let Some(servers) = servers(directory.path()) else {
        return;
    };
    let _shim = host(servers);
    for (name, _) in SERVERS {
        let instance = GraphInstance::load(name).expect("loads");
        let facts = Facts {
            entity_name: "Nobody".into(),
            contents: vec!["is there".into()],
        };
        let failed = instance.knowledge().add_observations(&[facts]);
        let failed = failed.expect("is answered").expect_err("nobody is there");
        assert_eq!(failed, "Entity with name Nobody not found", "{name}");
        assert!(instance.is_alive());
    }
}

mod wrong {
    first_class::first_class_world!({
        world: "wrong",
        inline: "package test:wrong;
            interface knowledge {
                record entity { name: string, entity-type: u32, observations: list<string> }
                record relation { %from: string, to: string }
                record everything { entities: list<string> }
                create-entities: func(entities: list<entity>);
                create-relations: func(relations: list<relation>);
                search-nodes: func(query: string, limit: u32);
                open-nodes: func();
                read-graph: func() -> everything;
                forget-everything: func();
            }
            world wrong { export knowledge; }",
    });
}

#[test]
fn what_does_not_fit_is_named_at_load() {
    let directory = tempfile::tempdir().expect("a directory");
    let Some(servers) = servers(directory.path()) else {
        return;
    };
    let shim = host(servers);
    let error = shim.caller().load("official", wrong::wrong::WORLD);
    let error = error.expect_err("does not fit").to_string();
    let all = "test:wrong/knowledge#";
    for (function, expected) in [
        (
            "create-entities",
            "tool `create_entities`, property `entities[].entityType`: expected u32, found string",
        ),
        (
            "create-relations",
            "tool `create_relations`, property `relations[].relationType`: expected a field, found none for \
             a required property",
        ),
        (
            "search-nodes",
            "tool `search_nodes`, property `limit`: expected u32, found no such property",
        ),
        (
            "open-nodes",
            "tool `open_nodes`, property `names`: expected a field, found none for a required property",
        ),
        (
            "read-graph",
            "tool `read_graph`, property `(result).entities[]`: expected string, found object",
        ),
        (
            "forget-everything",
            "the server has no such tool; it has create_entities",
        ),
    ] {
        let expected = format!("`{all}{function}`: {expected}");
        assert!(error.contains(&expected), "{expected}\n{error}");
    }
    // The other says nothing of its results.
    let error = shim.caller().load("other", wrong::wrong::WORLD);
    let error = error.expect_err("does not fit").to_string();
    assert!(!error.contains("read-graph"), "{error}");
    assert!(error.contains("entityType"), "{error}");
}

#[test]
fn instances_share_a_process_which_ends_with_the_shim() {
    let directory = tempfile::tempdir().expect("a directory");
    let Some(servers) = servers(directory.path()) else {
        return;
    };
    let shim = host(servers);
    let first = GraphInstance::load("official").expect("loads");
    let second = GraphInstance::load("official").expect("loads");
    let created = first.knowledge().create_entities(&[entity("Ada", &[])]);
    assert!(matches!(created, Ok(Ok(_))), "{created:?}");
    let seen = second.knowledge().read_graph();
    assert_eq!(
        seen.expect("is answered").expect("is read").entities.len(),
        1
    );
    drop(second);
    let seen = first.knowledge().read_graph();
    assert!(!matches!(seen, Err(CallError::Dead(_))), "{seen:?}");
    drop(shim);
}
