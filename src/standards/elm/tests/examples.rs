//! The published examples, each with its outcome by name.

use super::*;

/// What becomes of a file.
#[derive(Debug, PartialEq)]
enum Outcome {
    Achievement(Form),
    /// No achievement, one activity.
    Activity(Form),
    /// Refused, with the codes of all that is wrong.
    Refused(&'static [&'static str]),
}
use Outcome::{Achievement, Activity, Refused as Refusal};

const EXAMPLES: &[(&str, Outcome)] = &[
    ("edc-official/Sample-MC-Annex1-signed.jsonld", Achievement(Form::Sealed)),
    ("edc-official/Sample-MC-Annex1-unsigned.jsonld", Achievement(Form::Bare)),
    ("edc-official/Sample-MC-Annex1-unsigned-uploadable.json", Achievement(Form::Wrapped)),
    ("edc-official/elm31-credential-sample.jsonld", Achievement(Form::Bare)),
    ("edc-official/elm32-credential-sample.jsonld", Achievement(Form::Bare)),
    ("edc-mynextid/edc-mc-signed.jsonld", Achievement(Form::Sealed)),
    ("edc-official/Sample-CertOfPart-signed.jsonld", Activity(Form::Sealed)),
    ("edc-official/Sample-CertOfPart-unsigned.jsonld", Activity(Form::Bare)),
    ("edc-official/Sample-CertOfPart-unsigned-uploadable.json", Activity(Form::Wrapped)),
    ("edc-mynextid/edc-coa-signed.jsonld", Activity(Form::Sealed)),
    ("edc-mynextid/edc-coe-signed.jsonld", Activity(Form::Sealed)),
    ("edc-mynextid/edc-cps-signed.jsonld", Activity(Form::Sealed)),
    ("edc-mynextid/edc-dc-signed.jsonld", Activity(Form::Sealed)),
    // Documents of 2022 name contexts on a host that is gone.
    ("edc-edci/credential-jws-invalid.jsonld", Refusal(&["CONTEXT_UNKNOWN"])),
    ("edc-edci/edci-signed-credential-2022.jsonld", Refusal(&["CONTEXT_UNKNOWN"])),
    // Organisations and accreditations, with contexts of their own.
    ("edc-edci/ams-json-ld.jsonld", Refusal(&["CREDENTIAL_MISSING", "CONTEXT_UNKNOWN"])),
    ("edc-edci/edci-Sample.jsonld", Refusal(&["CREDENTIAL_MISSING", "CONTEXT_UNKNOWN"])),
    (
        "edc-edci/edci-frame.jsonld",
        Refusal(&["CONTEXT_UNKNOWN", "TYPE_MISSING", "ISSUER_MISSING", "SUBJECT_MISSING"]),
    ),
    // Presentations that hold no credential.
    ("edc-edci/json_sealed_advanced.json", Refusal(&["CREDENTIAL_MISSING"])),
    ("edc-edci/json_to_seal-signed-jades-baseline-lta.json", Refusal(&["CREDENTIAL_MISSING"])),
    // Rules for a seal checker, in XML.
    ("edc-edci/dss-validation-policy-customConstraint.xml", Refusal(&["NOT_JSON"])),
];

#[test]
fn every_published_example_has_the_outcome_that_the_table_says() {
    for (name, expected) in EXAMPLES {
        let Some(bytes) = standard(&format!("examples/{name}")) else { return };
        assert_eq!(&outcome(&bytes, expected), expected, "{name}");
    }
    let count = |is: fn(&Outcome) -> bool| EXAMPLES.iter().filter(|(_, it)| is(it)).count();
    assert_eq!(count(|it| matches!(it, Achievement(_))), 6);
    assert_eq!(count(|it| matches!(it, Activity(_))), 7);
    assert_eq!(count(|it| matches!(it, Refusal(_))), 8);
}

#[test]
fn no_published_example_is_left_out_of_the_table() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/standards");
    let folder = std::env::var_os("HEI_STANDARDS_DIR").map_or(beside, PathBuf::from);
    for part in ["edc-official", "edc-mynextid", "edc-edci"] {
        let Ok(files) = std::fs::read_dir(folder.join("elm/examples").join(part)) else {
            assert!(standard(&format!("examples/{part}")).is_none());
            return;
        };
        for file in files {
            let name = format!("{part}/{}", file.unwrap().file_name().to_string_lossy());
            assert!(EXAMPLES.iter().any(|(known, _)| *known == name), "{name}");
        }
    }
}

/// What became of it; of the codes of its faults each once.
fn outcome(bytes: &[u8], expected: &Outcome) -> Outcome {
    match (read(bytes, &Limits::default()), expected) {
        (Ok(read), _) => {
            let sealed = read.form == Form::Sealed;
            assert_eq!(read.seal == Seal::NotChecked, sealed);
            match read.document.subject.unwrap().claims.as_slice() {
                [Claim::Achievement(_)] => Achievement(read.form),
                [Claim::Activity(_)] => Activity(read.form),
                other => panic!("{other:?}"),
            }
        }
        (Err(crate::Refused::Trouble(trouble)), Refusal(codes)) => {
            assert_eq!([trouble.code()], **codes);
            Refusal(codes)
        }
        (Err(crate::Refused::Faults(faults)), Refusal(codes)) => {
            let mut found: Vec<&str> = faults.iter().map(|it| it.code).collect();
            found.dedup();
            assert_eq!(&found, codes);
            Refusal(codes)
        }
        (Err(other), _) => panic!("{other:?}"),
    }
}

#[test]
fn every_example_that_is_read_comes_back_equal() {
    for (name, expected) in EXAMPLES {
        let Some(bytes) = standard(&format!("examples/{name}")) else { return };
        if matches!(expected, Refusal(_)) {
            continue;
        }
        let first = taken(&bytes).document;
        let written = write(&first);
        let second = taken(&written);
        assert_eq!(second.document, first, "{name}");
        assert_eq!(unread(&second), [], "{name}");
        assert_eq!(write(&second.document), written, "{name}");
    }
}

#[test]
fn what_an_example_loses_is_named() {
    let Some(bytes) = standard("examples/edc-mynextid/edc-mc-signed.jsonld") else { return };
    let read = taken(&bytes);
    let lost = unread(&read);
    for told in [
        ("$.cnf", "TERM_UNKNOWN"),
        ("$.status", "NOT_TAKEN_OVER"),
        ("$.status[0].statusListCredential", "TERM_UNKNOWN"),
        ("$.evidence.prefLabel", "NOT_TAKEN_OVER"),
    ] {
        assert!(lost.contains(&told), "{told:?} in {lost:?}");
    }
    assert_eq!(achievement(&read.document).titles.0.len(), 2);
    let specification = achievement(&read.document).specified_by.as_ref().unwrap();
    assert_eq!(specification.types, ["Qualification"]);
    assert_eq!(specification.credit_points[0].point.as_ref().unwrap().as_str(), "5");
}
