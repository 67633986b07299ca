-- A vulnerability and each of its exposures as their events left them, so that one more event costs
-- what it touches. Written anew for those that are there.
ALTER TABLE vulnerabilities ADD COLUMN state TEXT NOT NULL DEFAULT '';
ALTER TABLE exposures ADD COLUMN state TEXT NOT NULL DEFAULT '';
