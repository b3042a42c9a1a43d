//! hei-elmo: writes `report` and institutions.

use hei_xml::Writer;

use super::{
    attachment, country, date_time, required_identifiers, required_texts, specification, texts,
};
use crate::fits;
use crate::model::{Elmo, Issuer, Report};

pub(super) fn write(it: &Report, document: &Elmo, out: &mut Writer) {
    out.start("report", &[]);
    issuer("issuer", &it.issuer, out);
    for specification in &it.specifications {
        specification::write(specification, out);
    }
    date_time(out, "issueDate", fits::issued(it, document));
    for scheme in &it.grading_schemes {
        out.start("gradingScheme", &[("localId", &scheme.id)]);
        texts(out, "description", &scheme.descriptions);
        out.end();
    }
    if let Some(status) = fits::report_status(it) {
        out.start("status", &[]);
        out.leaf("code", &[], &status.code);
        texts(out, "message", &status.messages);
        out.end();
    }
    for attachment in &it.attachments {
        attachment::write(attachment, out);
    }
    out.end();
}

pub(super) fn issuer(name: &'static str, it: &Issuer, out: &mut Writer) {
    out.start(name, &[]);
    country(out, "country", it.country.as_ref());
    required_identifiers(out, &it.identifiers);
    required_texts(out, "title", &it.titles);
    out.leaf("url", &[], it.url.as_deref().unwrap_or_default());
    out.end();
}
