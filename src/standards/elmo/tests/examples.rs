//! The published examples, found beside the project or by HEI_STANDARDS_DIR.

use super::*;

fn example(name: &str) -> Option<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/standards");
    let folder = std::env::var_os("HEI_STANDARDS_DIR").map_or(beside, PathBuf::from);
    let found = std::fs::read(folder.join("elmo/examples").join(name)).ok();
    if found.is_none() {
        let required = std::env::var("HEI_REQUIRE_STANDARDS").is_ok_and(|it| it == "1");
        assert!(!required, "{name} is required and not there");
        println!("SKIPPED: {name} is not there");
    }
    found
}

fn count(list: &[Specification]) -> usize {
    list.iter().map(|it| 1 + count(&it.parts)).sum()
}

fn specifications(read: &Read) -> usize {
    read.document.reports.iter().map(|it| count(&it.specifications)).sum()
}

#[test]
fn two_examples_import_with_seven_specifications() {
    let (Some(old), Some(own)) =
        (example("elmo-schemas-v1.7.0-example.xml"), example("own/elmo-2.1.1-sample.xml"))
    else {
        return;
    };
    let (old, own) = (taken(&old), taken(&own));
    assert_eq!((specifications(&old), specifications(&own)), (6, 1));
    assert_eq!((old.version, own.version), (Version::V1, Version::V2));
    assert_eq!(codes(&own), []);
    let title = &old.document.reports[0].specifications[2].titles[0];
    assert_eq!(
        (title.language.as_deref(), title.text.as_str()),
        (None, "The importance of <br> in HTML")
    );
    let mut unread: Vec<&str> = old.document.unread.iter().map(|it| it.code).collect();
    unread.sort_unstable();
    assert_eq!(
        unread,
        ["DIPLOMA_SUPPLEMENT", "EXTENSION", "GROUPS", "GROUPS", "GROUPS", "GROUPS", "SIGNATURE"]
    );
    assert!(old.document.signed);
}

#[test]
fn two_examples_are_refused_one_for_its_namespace_and_one_as_ill_formed() {
    if let Some(bytes) = example("implementation-guide-chapter6.xml") {
        assert_eq!(faults(&bytes), [("/elmo".to_owned(), "NAMESPACE_UNKNOWN")]);
        let told = read(&bytes, &caps()).unwrap_err().to_string();
        assert!(told.contains(NAMESPACE_V1) && told.contains(NAMESPACE_V2), "{told}");
    }
    if let Some(bytes) = example("implementation-guide-catalogue-fragment.xml") {
        match read(&bytes, &caps()).unwrap_err() {
            Refused::Trouble(trouble) => assert_eq!(trouble.code(), "ILL_FORMED"),
            other => panic!("{other}"),
        }
    }
}
