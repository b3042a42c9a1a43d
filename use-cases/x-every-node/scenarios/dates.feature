Feature: A day stays that day, and a moment is told in UTC

  @X-15
  Scenario: A day without time zone
    Given a course whose result is of 2026-01-17
    When the student information system imports a transcript with it
    And the registrar reads it
    Then the result is of 2026-01-17, without time and zone

  @X-15
  Scenario: A time with its zone is kept as it was written
    Given a transcript that was issued at "2026-02-03T00:15:30+01:00"
    When the student information system imports it
    And the registrar reads it
    Then it was issued on 2026-02-03 at "00:15:30" with the offset "+01:00"

  @X-15
  Scenario: The node's own times are moments of UTC
    Given a transcript of the node's own institution
    When the registrar reads it
    Then it was stored within the last 5 minutes
