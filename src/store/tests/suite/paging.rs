//! Keyset paging over a table.

use hei_store::Conn;
use hei_store::page::Pager;
use hei_testkit::suite::Fresh;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::things::{Column, Entity, Model, add};

/// Their order differs between a locale and bytes: case, accents, signs, scripts.
const NAMES: [&str; 12] = ["a", "B", "b", "A", "ä", "Z", "z", "_", "a b", "a-b", "ab", "Łódź"];

pub async fn the_union_of_pages_is_the_whole_list_once_in_the_order_of_bytes(at: Fresh) {
    let fill = async |conn: Conn| {
        for name in NAMES {
            add(&conn, name).await?;
        }
        Ok(())
    };
    at.store.transact(fill).await.unwrap();
    let mut expected = NAMES.map(str::to_owned).to_vec();
    expected.sort();
    for size in [1, 5, 11, 12, 13] {
        assert_eq!(pages(&at, size).await, expected, "pages of {size}");
    }
}

async fn pages(at: &Fresh, size: u64) -> Vec<String> {
    let pager = Pager::new([7; 32]);
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let mut query = Entity::find().order_by_asc(Column::Name);
        if let Some(after) = pager.open_bytes("/x/List", b"", "sis", &token).unwrap() {
            query = query.filter(Column::Name.gt(String::from_utf8(after).unwrap()));
        }
        let rows: Vec<Model> = query.limit(size).all(&at.store.reader()).await.unwrap();
        let Some(last) = rows.last() else { return all };
        token = pager.token("/x/List", b"", "sis", &last.name);
        all.extend(rows.into_iter().map(|row| row.name));
    }
}
