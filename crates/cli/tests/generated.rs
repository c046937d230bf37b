//! What is generated from the command line itself: shell completions and manual pages.

mod support;

use support::Project;

/// The names of the commands, as `--help` lists them.
fn commands(project: &Project) -> Vec<String> {
    let help = project.succeeds(["--help"]).stdout();
    let listed = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// The program itself, and commands of commands.
const BELOW: [&str; 6] = [
    "",
    "-plan-show",
    "-plan-diff",
    "-secret-list",
    "-secret-test",
    "-secret-rotate",
];

#[test]
fn every_command_has_a_manual_page() {
    let project = Project::empty();
    let (status, document) = project.json(["man", "share/man1"]);
    assert_eq!(status, 0);
    let mut written: Vec<String> = document["pages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|page| page.as_str().unwrap().replace("share/man1/", ""))
        .collect();
    written.sort();
    let names = project.names("share/man1");
    assert_eq!(names, written);
    let mut expected: Vec<String> = commands(&project)
        .into_iter()
        .map(|command| format!("silversmith-{command}.1"))
        .chain(BELOW.map(|name| format!("silversmith{name}.1")))
        .collect();
    assert!(expected.contains(&"silversmith-build.1".to_owned()));
    expected.sort();
    assert_eq!(names, expected);
    for name in names {
        let page = project.read(&format!("share/man1/{name}"));
        let title = name.trim_end_matches(".1");
        assert!(page.contains(&format!(".TH {title} 1")), "{name}: {page}");
        assert!(page.contains("\\-\\-json"), "{name}");
    }
    let build = project.read("share/man1/silversmith-build.1");
    for words in [
        "silversmith build",
        "\\-\\-dry\\-run",
        "The folder of the Bronze run",
    ] {
        assert!(build.contains(words), "{words}: {build}");
    }
}

#[test]
fn completions_know_every_command() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = project.succeeds(["completions", shell]).stdout();
        for command in commands(&project) {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
    assert_eq!(project.run(["completions", "tcsh"]).status(), 2);
}
