Feature: Personal data moves for a purpose or not at all

  @X-30
  Scenario: Every call of the campus with personal data
    When each call of the campus that moves personal data is made without a purpose
    Then each of them is refused with INVALID_ARGUMENT and the field "purpose" is missing

  @X-30
  Scenario: Every call of a partner with personal data
    Given a partner whose keys the node has pinned
    When each call of a partner that moves personal data is made without a purpose
    Then each of them is refused with INVALID_ARGUMENT and the field "purpose" is missing
