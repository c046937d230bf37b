//! What is refused, with which exit status and code, and that nothing is left behind.

mod support;

use std::fs;

use support::{MODULE, Project, RUN};

/// The exit status and the code of the error.
fn refusal<const N: usize>(project: &Project, arguments: [&str; N]) -> (i32, String) {
    let (status, document) = project.json(arguments);
    (
        status,
        document["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    )
}

#[test]
fn a_module_that_was_touched_does_not_run() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let module = project.read(MODULE);
    let statement = project.read(&format!("{MODULE}.intoto.jsonl"));
    for (what, text) in [
        (
            "a comment",
            module.replacen("# --- skeleton", "#  --- skeleton", 1),
        ),
        ("the header", module.replacen("rules/", "rulez/", 1)),
        ("an appended line", format!("{module}\n")),
        ("code", format!("import os\n{module}")),
    ] {
        project.write(MODULE, &text);
        assert_eq!(
            refusal(&project, ["run", MODULE]),
            (6, "SS-VERIFY-001".to_owned()),
            "{what}"
        );
        let (status, verdict) = project.json(["verify", MODULE]);
        assert_eq!(
            (status, verdict["verdict"].as_str()),
            (6, Some("invalid")),
            "{what}"
        );
    }
    project.write(MODULE, &module);
    project.succeeds(["verify", MODULE]);
    for (what, text) in [
        ("no statement", String::new()),
        (
            "half a statement",
            statement[..statement.len() / 2].to_owned(),
        ),
        (
            "another signature",
            statement.replacen("\"sig\":\"M", "\"sig\":\"N", 1),
        ),
    ] {
        project.write(&format!("{MODULE}.intoto.jsonl"), &text);
        assert_eq!(refusal(&project, ["run", MODULE]).0, 6, "{what}");
    }
    assert!(project.names("artifacts/silver").is_empty());
}

/// What is missing, what is damaged and what is about something else are told apart.
#[test]
fn a_module_without_its_statement_is_told_why_it_has_none() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let file = format!("{MODULE}.intoto.jsonl");
    let statement = project.read(&file);
    let detail = || {
        let (status, verdict) = project.json(["verify", MODULE]);
        assert_eq!(status, 6);
        verdict["checks"][0]["detail"].to_string()
    };
    project.write(&file, &statement[..statement.len() / 2]);
    assert!(detail().contains("cannot be read"), "{}", detail());
    fs::remove_file(project.path(&file)).unwrap();
    assert!(detail().contains("there is no file"), "{}", detail());
    project.write(&file, &statement);
    project.write(MODULE, &format!("{}\n", project.read(MODULE)));
    assert!(
        detail().contains("no statement about sha256"),
        "{}",
        detail()
    );
    // A damaged one beside it takes nothing from a good one.
    project.write(MODULE, project.read(MODULE).trim_end_matches('\n'));
    project.write(MODULE, &format!("{}\n", project.read(MODULE)));
    project.write(&file, &format!("{{\n{statement}"));
    project.succeeds(["verify", MODULE]);
}

#[test]
fn another_projects_module_does_not_run() {
    let ours = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    let theirs = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    theirs.succeeds(["build"]);
    for file in [MODULE.to_owned(), format!("{MODULE}.intoto.jsonl")] {
        ours.write(&file, &theirs.read(&file));
    }
    assert_eq!(
        refusal(&ours, ["run", MODULE]),
        (6, "SS-VERIFY-001".to_owned())
    );
}

#[test]
fn production_asks_for_an_approval() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let refused = refusal(&project, ["run", MODULE, "--profile", "production"]);
    assert_eq!(refused, (3, "SS-ACCESS-001".to_owned()));
    project.succeeds(["run", MODULE]);
}

#[test]
fn bad_inputs_are_refused_and_the_old_module_stays() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    let before = (
        project.read(MODULE),
        project.read(&format!("{MODULE}.intoto.jsonl")),
    );
    let bronze = format!("artifacts/bronze/{RUN}/data/t.csv");
    project.succeeds([
        "profile",
        &format!("artifacts/bronze/{RUN}"),
        "--out",
        "reports",
    ]);
    let context = project.read("reports/silver_run_agent_context.json");
    let report = "reports/silver_run_human_report.md";
    let with_context = |text: &str| {
        project.write("c.json", text);
        refusal(
            &project,
            ["build", "--context", "c.json", "--report", report],
        )
    };
    assert_eq!(
        with_context(&context[..context.len() / 2]).0,
        1,
        "truncated"
    );
    assert_eq!(with_context("[]").0, 1, "another shape");
    assert_eq!(
        with_context(&context.replacen("\"layer\"", "\"layer\": 1, \"layer\"", 1)).0,
        1
    );
    assert_eq!(
        with_context(&context.replacen("\"layer\"", "\"lawyer\"", 1)).0,
        1,
        "unknown key"
    );
    assert_eq!(
        refusal(
            &project,
            ["build", "--context", "no.json", "--report", report]
        )
        .0,
        2
    );
    assert_eq!(
        refusal(&project, ["build", "20200101_000000_#00000000"]).0,
        2,
        "no such run"
    );
    for (what, csv, status) in [
        ("ragged", "id,name\n1\n2,b\n", 1),
        ("too many fields", "id,name\n1,a,x\n2,b\n", 1),
        ("no header", "", 1),
        ("two columns of one name", "id,id\n1,a\n", 1),
    ] {
        project.write(&bronze, csv);
        assert_eq!(refusal(&project, ["build"]).0, status, "{what}");
    }
    project.write(&bronze, "id,name\n1,a\n2,c\n");
    let stale = [
        "build",
        "--context",
        "reports/silver_run_agent_context.json",
        "--report",
        report,
    ];
    assert_eq!(
        refusal(&project, stale),
        (1, "SS-BUILD-006".to_owned()),
        "Bronze changed"
    );
    let after = (
        project.read(MODULE),
        project.read(&format!("{MODULE}.intoto.jsonl")),
    );
    assert_eq!(after, before);
    project.succeeds(["verify", MODULE]);
}

/// The next night: Bronze is not what the plan was made for.
#[test]
fn a_run_on_other_bronze_fails_and_publishes_nothing() {
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    project.succeeds(["build"]);
    for (what, files) in [
        ("a column renamed", vec![("t.csv", "id,nome\n1,a\n")]),
        ("a column more", vec![("t.csv", "id,name,x\n1,a,b\n")]),
        ("columns swapped", vec![("t.csv", "name,id\na,1\n")]),
        ("a short row", vec![("t.csv", "id,name\n1\n2,b\n")]),
        (
            "a short quoted row",
            vec![("t.csv", "id,name\n1,\"a,b\"\n2\n")],
        ),
        ("a long row", vec![("t.csv", "id,name\n1,a,b\n")]),
        ("no UTF-8", vec![("t.csv", "id,name\n1,\u{0}\n")]),
        ("no table", vec![("u.csv", "id,name\n1,a\n")]),
    ] {
        let folder = project.path(format!("artifacts/bronze/{RUN}/data"));
        fs::remove_dir_all(&folder).unwrap();
        for (name, csv) in files {
            let bytes: Vec<u8> = csv
                .bytes()
                .map(|byte| if byte == 0 { 0xff } else { byte })
                .collect();
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), bytes).unwrap();
        }
        assert_eq!(
            refusal(&project, ["run", MODULE]),
            (1, "SS-RUN-001".to_owned()),
            "{what}"
        );
        assert!(project.names("artifacts/silver").is_empty(), "{what}");
    }
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::with_table("t.csv", "id,name\n1,a\n2,b\n");
    let key = project.path(".silversmith/keys/builder.key.pem");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(refusal(&project, ["build"]), (4, "SS-KEY-001".to_owned()));
    assert!(!project.path(MODULE).exists());
}

#[test]
fn usage_errors_exit_with_two() {
    let project = Project::empty();
    for arguments in [
        vec!["frobnicate"],
        vec!["build", "--context", "x"],
        vec!["run"],
        vec!["build", "--as-of", "now"],
    ] {
        let ended = project.run(&arguments);
        assert_eq!(ended.status(), 2, "{arguments:?}");
        assert!(ended.stdout().is_empty() && ended.stderr().contains("--help"));
        let (status, document) = project.json(&arguments);
        let error = &document["error"];
        assert_eq!(
            (status, error["code"].as_str()),
            (2, Some("SS-USAGE-001")),
            "{arguments:?}"
        );
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
    project.write("silversmith.toml", "colour = 'red'\n");
    assert_eq!(
        refusal(&project, ["build"]),
        (2, "SS-SETTINGS-001".to_owned())
    );
    assert_eq!(project.run(["--help"]).status(), 0);
    assert_eq!(project.run(["--version"]).status(), 0);
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::with_example();
    let key = project.read(".silversmith/keys/builder.key.pem");
    assert_eq!(refusal(&project, ["init"]), (2, "SS-BUILD-002".to_owned()));
    assert_eq!(project.read(".silversmith/keys/builder.key.pem"), key);
}
