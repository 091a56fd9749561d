-- Sign-in through a member's own OpenID Connect provider.

-- The code is random and stands in addresses: nobody finds out by trying which members have a provider. The key is the hub's own for this provider,
-- encrypted with the keys that nodes share.
CREATE TABLE members.provider (
    id             uuid PRIMARY KEY,
    code           text NOT NULL UNIQUE,
    member         text NOT NULL REFERENCES members.member,
    issuer         text NOT NULL,
    client_id      text NOT NULL,
    title          text NOT NULL,
    authentication text NOT NULL CHECK (authentication IN ('privateKeyJwt', 'secret')),
    algorithms     text[] NOT NULL CHECK (cardinality(algorithms) > 0),
    acr            text[] NOT NULL,
    amr            text[] NOT NULL,
    key            text NOT NULL,
    made_at        timestamptz NOT NULL,
    made_by        text NOT NULL,
    ended_at       timestamptz
);
CREATE UNIQUE INDEX provider_issuer ON members.provider (member, issuer) WHERE ended_at IS NULL;

-- Who is whom there. By the provider's own name of a person, which it never gives twice (OpenID Connect Core section 5.7), never by e-mail.
CREATE TABLE members.provider_subject (
    account  text PRIMARY KEY REFERENCES members.account,
    provider uuid NOT NULL REFERENCES members.provider,
    subject  text NOT NULL,
    bound_at timestamptz NOT NULL,
    bound_by text NOT NULL,
    UNIQUE (provider, subject)
);

ALTER TABLE members.session DROP CONSTRAINT session_how_check;
ALTER TABLE members.session ADD CONSTRAINT session_how_check
    CHECK (how IN ('passkey', 'password', 'recoveryCode', 'invitation', 'provider'));
ALTER TABLE members.session ADD COLUMN provider uuid REFERENCES members.provider;
ALTER TABLE members.session ADD CONSTRAINT session_provider CHECK ((how = 'provider') = (provider IS NOT NULL));

GRANT SELECT, INSERT, UPDATE ON members.provider TO liaison_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON members.provider_subject TO liaison_app;
