"""How fast claimdesk is: each figure beside a plain pipeline's, measured in the same run."""
