//! The rights of the persons whose data is held (GDPR Art. 15 to 20): what each owner of
//! tables gives, erases and holds back, and what is done over all of them. Rules are in
//! `rules`, pure; nothing here knows a use case.

mod data;
mod erase;
mod export;
mod json;
mod mechanisms;
mod partner;
mod restrict;
pub mod retention;
pub mod rules;
mod table;
mod tell;

pub use data::{Content, Exported, Next, Piece, Record, SubjectData, subject_data};
pub use erase::erase;
pub use export::{Part, page};
pub use mechanisms::mechanisms;
pub use partner::noticed;
pub(crate) use restrict::must_not_be_restricted;
pub use restrict::{lift, restrict};
pub use rules::{Holding, Retention};
pub use table::find;

use hei_store::Failed;
use hei_store::subjects::table::{Entity as Subjects, Model as Subject};
use sea_orm::prelude::Uuid;

use crate::{Read, UseCase};

/// Whatever holds data about persons at this node, and how long.
#[derive(Default)]
pub struct Rights {
    /// The use cases' and the mechanisms'.
    pub data: Vec<SubjectData>,
    /// `[[retention]]`.
    pub retention: Retention,
}

impl Rights {
    /// Those of the use cases, under rules of retention.
    ///
    /// # Errors
    /// A rule that is about nothing, in words.
    pub fn new(use_cases: &[UseCase], retention: Retention) -> Result<Self, String> {
        let data: Vec<_> = use_cases.iter().flat_map(|u| u.subject_data.iter().copied()).collect();
        let records = data.iter().filter_map(|data: &SubjectData| data.records);
        let mut classes = mechanisms::CLASSES.to_vec();
        classes.extend(records.flat_map(|records| records.classes));
        retention.check(&classes)?;
        Ok(Self { data, retention })
    }
}

/// What is held about a person, class by class; nothing once the person is erased.
///
/// # Errors
/// What the database says.
pub async fn held(read: &Read, subject: &Subject) -> Result<Vec<Holding>, Failed> {
    let mut all = Vec::new();
    if subject.erased_at.is_some() {
        return Ok(all);
    }
    for data in &read.node.rights.data {
        let held = (data.held)(read, subject.id).await?;
        all.extend(held.into_iter().filter(|holding| holding.count > 0));
    }
    Ok(all)
}

/// Whether a record or file of a person is left.
async fn anything_left(read: &Read, subject: Uuid) -> Result<bool, Failed> {
    for data in read.node.rights.data.iter().filter(|data| data.is_reason) {
        if (data.held)(read, subject).await?.iter().any(|holding| holding.count > 0) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The person's row, for the node's own use.
///
/// # Errors
/// What the database says.
pub async fn subject(read: &Read, id: Uuid) -> Result<Option<Subject>, Failed> {
    use sea_orm::EntityTrait as _;
    let key = (read.institution().id, id);
    Ok(Subjects::find_by_id(key).one(read.conn()).await?)
}
