//! What the store promises, on both engines: every case is a function over a fresh
//! store. What only one engine has stands in `only_sqlite` and `only_postgres`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answers;
mod blobs;
mod commits;
mod conflicts;
mod drift;
mod failures;
mod feed;
mod harvest;
mod migrating;
mod only_postgres;
mod only_sqlite;
mod paging;
mod persons;
mod things;
mod work;

hei_testkit::on_each_engine!(
    "store",
    things::migrations,
    [
        commits::what_is_committed_is_there_after_a_restart,
        commits::work_ends_though_its_caller_goes_away,
        commits::each_transaction_that_changes_something_is_one_commit,
        commits::a_transaction_that_changes_nothing_is_no_commit,
        commits::a_commit_wakes_who_waits,
        commits::a_reader_sees_nothing_of_a_running_transaction,
        commits::a_reader_cannot_write,
        commits::closing_waits_for_what_runs,
        conflicts::a_conflict_is_tried_again_and_counted,
        conflicts::after_ten_tries_a_conflict_is_aborted,
        conflicts::of_many_that_count_at_once_all_are_counted,
        conflicts::a_rule_over_two_rows_holds_when_both_change_at_once,
        conflicts::a_row_that_exists_runs_once_more_and_is_then_a_conflict_of_ids,
        conflicts::two_that_make_the_same_person_at_once_make_one,
        failures::refused_work_leaves_nothing,
        failures::panicking_work_leaves_nothing_and_the_next_runs,
        failures::of_many_at_once_only_those_that_fail_leave_nothing,
        failures::a_swallowed_database_error_commits_nothing,
        failures::a_part_that_is_undone_leaves_the_rest_and_heals_no_database_error,
        failures::a_transaction_inside_of_a_transaction_is_refused,
        failures::a_connection_that_outlives_its_transaction_is_of_no_use,
        failures::a_full_disk_is_told_as_storage_full,
        failures::a_closed_database_is_told_as_down,
        failures::any_other_database_error_is_internal,
        answers::the_same_request_gets_the_same_answer_without_a_second_effect,
        answers::the_same_request_twice_at_once_has_one_effect,
        answers::the_same_key_with_other_content_is_a_conflict_of_ids,
        answers::another_caller_or_method_may_use_the_same_key,
        answers::an_answer_is_kept_for_24_hours_and_then_swept,
        answers::an_answer_about_a_person_is_sealed_and_goes_with_the_person,
        persons::the_same_identifier_of_the_same_scheme_joins_and_nothing_else_does,
        persons::an_identifier_of_another_person_is_ambiguous,
        persons::an_identifier_belongs_to_one_person,
        persons::what_is_sealed_opens_for_its_person_only,
        persons::what_was_sealed_is_gone_with_the_person,
        persons::an_institution_keeps_its_key_and_sees_only_its_own_persons,
        work::of_many_that_claim_at_once_each_gets_others,
        work::a_job_is_claimed_in_its_time_by_who_knows_it,
        work::a_job_whose_process_died_is_taken_over_after_its_lease_and_goes_on,
        work::a_process_that_starts_again_finds_its_jobs_free_and_leaves_those_of_others,
        work::a_cancelled_job_has_no_next_step_and_its_running_one_is_taken_back,
        work::tries_of_a_step_are_counted_and_a_step_that_is_done_begins_anew,
        work::a_job_that_recurs_has_one_row_whoever_makes_it,
        work::what_a_job_is_about_goes_with_the_person,
        work::a_list_shows_the_jobs_of_a_caller_in_a_state_and_what_ended_long_ago_is_swept,
        blobs::equal_bytes_of_one_person_are_one_blob_and_of_two_persons_two,
        blobs::a_blob_about_a_person_is_sealed_and_dies_with_the_persons_key,
        blobs::a_blob_that_comes_in_parts_is_there_when_it_is_whole,
        blobs::what_nobody_finishes_is_swept_and_what_is_whole_stays,
        blobs::the_blobs_of_a_person_are_given_up_at_once_and_swept_later,
        paging::the_union_of_pages_is_the_whole_list_once_in_the_order_of_bytes,
        feed::a_change_that_was_committed_before_a_crash_gets_its_position_after_it,
        feed::the_revisions_of_one_resource_are_in_order_though_clocks_go_backwards,
        feed::a_reader_goes_on_where_it_was_and_moves_on_with_other_collections,
        feed::a_place_before_what_is_kept_is_expired_and_no_other_is,
        harvest::of_many_changes_none_is_lost_nor_twice_nor_out_of_order,
        migrating::migrating_again_does_nothing,
        migrating::two_that_migrate_at_once_apply_each_migration_once,
        migrating::one_failing_migration_leaves_the_schema_as_it_was,
        migrating::a_database_of_a_newer_version_is_refused,
        migrating::two_migrations_of_one_name_are_refused,
    ]
);
