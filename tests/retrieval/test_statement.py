"""Questions, orders and names are no statements; everything else is verified."""

import pytest

from retrieval.statement import states_something

STATEMENTS = """
Turkey and Russia have equal servicemen at the monitoring center
The bridge cost 48 million euros.
Will Smith won an Oscar
May was the warmest month since 1881
Mark Rutte resigned
Mayor resigns
Prices fell
Anders Wins
Mayor Resigns After Vote
He resigned
No one was hurt
Who sank the ship is not known
How many people died is still unclear
Where the money went was never established
Have Nots is a novel
Call options are financial contracts
Vote counting ended on Monday
Stop signs were stolen in Kelmouth
"There is no loan," the mayor said
"Vaccines kill" is a false claim
Cod is a fish
All passengers survived the fire
Never before had so many voted
What we eat changes the climate
Koval FC sacked its coach
Stalin died in 1953
Bread got dearer
Help arrived after two hours
Share prices rose
Support for the party grew
Read receipts are switched off
U.S. exports doubled
Hunting wolves remains forbidden
Rovers lose
Had it rained, the dam would hold
Were it not for Lind, the dam would have broken
The sick die of Ebola
The council of Arden approved plans
WHO to reconsider declaring an emergency
When I took office in 2003, we had very little reserves.
How many adults it kills was what the researchers wanted to find out.
"Look at Me Now" is a song
""".strip().splitlines()

NO_STATEMENTS = """
How come the bridge is closed
What about the dam
Can someone confirm that the mayor resigned
Anyone know who won
Would Lind win
Ines Rolfe, mayor of Arden
The old town hall of Arden
The mayor
Did the mayor resign?
Did the mayor resign
Is the bridge open
Who is the mayor of Lindholm
What is the capital of France
What happened in Kelmouth
How many people died
Will the bridge open in May
Can you drink tap water
"Who sank the Halcyon?"
Petra Halvorsen
Kelmouth
The Atacor Telescope
University of Norda
cod quota
vaccines
The Hague
Bosnia and Herzegovina
Show me the documents on the bridge
Vote for Anders
Please check this
Don't drink tap water
Do not share this message
Stop the fish market
Tell me what the mayor said
Let us go
Explain the verdict
Summarize this article
2023
...
""".strip().splitlines()


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_is_verified(text: str) -> None:
    assert states_something(text)


@pytest.mark.parametrize("text", NO_STATEMENTS)
def test_what_states_nothing_gets_no_verdict(text: str) -> None:
    assert not states_something(text)
