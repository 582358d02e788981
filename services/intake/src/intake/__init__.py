"""Takes dossiers in: drafts, packages, supplements, the applicant's view of the road."""
