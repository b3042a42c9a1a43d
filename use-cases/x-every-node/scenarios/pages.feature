Feature: A list is read page by page and nothing is missing or there twice

  @X-06
  Scenario Outline: All pages together are the set
    Given 7 transcripts of one learner
    When the student information system lists that learner's transcripts by pages of <size>
    Then the pages together are those transcripts, each once

    Examples:
      | size |
      | 1    |
      | 2    |
      | 3    |
      | 7    |
      | 200  |

  @X-06
  Scenario: A page token of somebody else
    Given 3 transcripts of one learner
    When the student information system reads a first page of 2
    And the registrar asks for the page after it with the same token
    Then it is refused with INVALID_ARGUMENT for the reason BAD_PAGE_TOKEN

  @X-06
  Scenario: A page token that was altered
    Given 3 transcripts of one learner
    When the student information system reads a first page of 2
    And it asks for the page after it with an altered token
    Then it is refused with INVALID_ARGUMENT for the reason BAD_PAGE_TOKEN

  @X-06
  Scenario: A page token of another question
    Given 3 transcripts of one learner
    When the student information system reads a first page of 2
    And it asks for another learner's transcripts with the same token
    Then it is refused with INVALID_ARGUMENT for the reason BAD_PAGE_TOKEN
