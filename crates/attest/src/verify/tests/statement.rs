//! Statements that say something else, or the same otherwise, under a good signature.

use super::*;

#[test]
fn every_change_of_the_statement_is_refused_though_signed() {
    let sealed = sealed();
    let keys = trusted(&signer());
    let dependency = |name: &str| json!({"name": name, "digest": {"sha256": "ab".repeat(32)}});
    let definition = "/predicate/buildDefinition";
    let dependencies = format!("{definition}/resolvedDependencies");
    for (pointer, value, check) in [
        (
            "/_type",
            json!("https://in-toto.io/Statement/v0.1"),
            "statement-type",
        ),
        (
            "/predicateType",
            json!("https://slsa.dev/provenance/v0.2"),
            "predicate-type",
        ),
        (
            &*format!("{definition}/buildType"),
            json!("https://example.com/build"),
            "build-type",
        ),
        (
            &format!("{definition}/internalParameters/mode"),
            json!("code"),
            "build-type",
        ),
        (
            "/predicate/runDetails/builder/id",
            json!("https://example.com/me"),
            "build-type",
        ),
        (
            // Counts belong to the data policy alone.
            "/predicate/runDetails/byproducts/0",
            json!({"name": "plan", "digest": {"sha256": Digest::of(b"plan")}, "annotations": {"masked": 1}}),
            "header",
        ),
        ("/subject", json!([]), "subject"),
        ("/subject/0/name", json!("other.py"), "subject"),
        (
            "/subject/0/digest/sha256",
            json!("ab".repeat(32)),
            "subject",
        ),
        (
            "/subject/0/digest/sha256",
            json!("AB".repeat(32)),
            "statement",
        ),
        (
            "/subject/0/digest",
            json!({"sha512": "ab".repeat(64)}),
            "statement",
        ),
        ("/predicate", json!({}), "statement"),
        (
            &format!("{definition}/externalParameters/asOf"),
            json!("2026-03-02T10:15:00Z"),
            "header",
        ),
        (
            &format!("{definition}/externalParameters/bronzeRun"),
            json!("20260301_101500_#00c0ffef"),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/author"),
            json!("somebody"),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/plan/sha256"),
            json!("ab".repeat(32)),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/transforms/sha256"),
            json!("ab".repeat(32)),
            "header",
        ),
        (
            &format!("{definition}/internalParameters/tool"),
            json!("silversmith/0.2.0"),
            "header",
        ),
        (
            &format!("{dependencies}/0"),
            dependency("context"),
            "header",
        ),
        (
            &format!("{dependencies}/2"),
            dependency("contract"),
            "header",
        ),
        (
            &format!("{dependencies}/3"),
            dependency("bronze.sha256"),
            "header",
        ),
        (
            &format!("{dependencies}/4"),
            dependency("bronze/a.csv"),
            "header",
        ),
        (
            &format!("{dependencies}/4"),
            dependency("bronze/../a.csv"),
            "header",
        ),
        (
            &format!("{dependencies}/5"),
            dependency("skeleton"),
            "header",
        ),
        (&format!("{dependencies}/5"), dependency("policy"), "header"),
        (&dependencies, json!([]), "header"),
        (
            "/predicate/runDetails/byproducts/0",
            dependency("plan"),
            "header",
        ),
        ("/predicate/runDetails/byproducts", json!([]), "header"),
        (
            "/predicate/runDetails/builder/version",
            json!({"silversmith": "0.2.0"}),
            "header",
        ),
    ] {
        let mut changed: Statement = Statement::parse(&payload()).unwrap();
        let mut document = statement();
        *document.pointer_mut(pointer).unwrap() = value;
        // In the canonical order of members, where the change has the right shape.
        let bytes = match serde_json::from_value(document.clone()) {
            Ok(statement) => {
                changed = statement;
                changed.to_bytes()
            }
            Err(_) => document.to_string().into_bytes(),
        };
        let envelope = signed(&bytes, PAYLOAD_TYPE, &signer()).to_string();
        let (found, why) = failure(sealed.source().as_bytes(), envelope.as_bytes(), &keys);
        assert_eq!(found, check, "{pointer} of {changed:?}: {why}");
    }
}

#[test]
fn a_statement_in_another_spelling_is_refused_though_signed() {
    let sealed = sealed();
    let keys = trusted(&signer());
    let text = String::from_utf8(payload()).unwrap();
    for (name, bytes) in [
        ("white space", text.replacen(':', ": ", 1)),
        ("trailing newline", format!("{text}\n")),
        (
            "duplicate key",
            text.replacen('{', "{\"_type\":\"https://in-toto.io/Statement/v1\",", 1),
        ),
        ("unknown key", text.replacen('{', "{\"more\":1,", 1)),
        ("escaped", text.replacen("load_2", "load\\u005f2", 1)),
        (
            "order",
            // Sorted; the statement has them in the order of the specification.
            serde_json::to_string(&serde_json::from_str::<BTreeMap<String, Value>>(&text).unwrap())
                .unwrap(),
        ),
        (
            "a list for an object",
            text.replacen("{\"sha256\":\"", "[\"", 1)
                .replacen("\"}", "\"]", 1),
        ),
        ("empty", String::new()),
        ("deep", "[".repeat(100_000)),
    ] {
        assert_ne!(bytes, text, "{name}");
        let envelope = signed(bytes.as_bytes(), PAYLOAD_TYPE, &signer()).to_string();
        let (found, why) = failure(sealed.source().as_bytes(), envelope.as_bytes(), &keys);
        assert_eq!(found, "statement", "{name}: {why}");
    }
}

/// The page of the build type names all that a statement of it holds.
#[test]
fn the_build_type_is_described() {
    let page = include_str!("../../../../../docs/build/v0.md");
    let statement = statement();
    let definition = &statement["predicate"]["buildDefinition"];
    let builder = &statement["predicate"]["runDetails"]["builder"]["id"];
    for constant in [
        &definition["buildType"],
        builder,
        &statement["predicateType"],
    ] {
        assert!(page.contains(constant.as_str().unwrap()), "{constant}");
    }
    for parameters in ["externalParameters", "internalParameters"] {
        for key in definition[parameters].as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{parameters}.{key}`")), "{key}");
        }
    }
    for resource in definition["resolvedDependencies"].as_array().unwrap() {
        let name = resource["name"].as_str().unwrap();
        let name = name
            .strip_prefix("bronze/")
            .map_or(name, |_| "bronze/<table>");
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
