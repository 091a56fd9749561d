-- Who may ask what, and why: members, their units and accounts, and the agreements between them.
CREATE SCHEMA members;
GRANT USAGE ON SCHEMA members TO liaison_app;

CREATE TABLE members.member (
    code         text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9-]{1,31}$'),
    kind         text NOT NULL CHECK (kind IN ('country', 'partner', 'secretariat', 'carrier')),
    name         text NOT NULL,
    admitted_at  timestamptz NOT NULL,
    suspended_at timestamptz
);

-- Where a member is reached: routine and urgent, when, in which languages.
CREATE TABLE members.desk (
    id        uuid PRIMARY KEY,
    member    text NOT NULL REFERENCES members.member,
    urgency   text NOT NULL CHECK (urgency IN ('routine', 'urgent')),
    name      text NOT NULL,
    contact   text NOT NULL,
    languages text[] NOT NULL,
    time_zone text NOT NULL,
    hours     text NOT NULL,
    on_call   text,
    UNIQUE (member, urgency)
);

-- The name says the place in the tree: FRA/BORDER/CDG is under FRA/BORDER is under the bureau of FRA.
CREATE TABLE members.unit (
    name         text PRIMARY KEY CHECK (name ~ '^[A-Z][A-Z0-9-]{1,31}(/[A-Z0-9-]{1,31})+$' AND length(name) <= 128),
    member       text NOT NULL REFERENCES members.member,
    title        text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('subBureau', 'agency', 'borderPost', 'system')),
    permissions  text[] NOT NULL,
    purposes     text[] NOT NULL,
    granted_at   timestamptz NOT NULL,
    granted_by   text NOT NULL,
    withdrawn_at timestamptz,
    CHECK (split_part(name, '/', 1) = member)
);

-- The name is the account's in the audit, the client id of a system and the user name of a person. Never given twice.
CREATE TABLE members.account (
    name            text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9.-]{1,63}$'),
    member          text NOT NULL REFERENCES members.member,
    unit            text REFERENCES members.unit,
    kind            text NOT NULL CHECK (kind IN ('person', 'system')),
    title           text NOT NULL,
    permissions     text[] NOT NULL,
    default_purpose text,
    state           text NOT NULL CHECK (state IN ('invited', 'active', 'suspended', 'ended')),
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    CHECK (unit IS NULL OR split_part(unit, '/', 1) = member)
);
CREATE INDEX account_member ON members.account (member, name);
CREATE INDEX account_unit ON members.account (unit) WHERE unit IS NOT NULL;

-- No agreement, no answer.
CREATE TABLE members.agreement (
    id          uuid PRIMARY KEY,
    member      text NOT NULL REFERENCES members.member,
    dataset     text NOT NULL,
    access      text NOT NULL CHECK (access IN ('search', 'contribute')),
    purposes    text[] NOT NULL CHECK (cardinality(purposes) > 0),
    since       timestamptz NOT NULL,
    until       timestamptz CHECK (until > since),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX agreement_member ON members.agreement (member);

-- Four eyes: what one administrator asks for and another decides.
CREATE TABLE members.request (
    id         uuid PRIMARY KEY,
    act        text NOT NULL,
    body       jsonb NOT NULL,
    asked_by   text NOT NULL REFERENCES members.account,
    asked_at   timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    decided_by text REFERENCES members.account CHECK (decided_by <> asked_by),
    decided_at timestamptz,
    decision   text CHECK (decision IN ('approved', 'refused')),
    CHECK ((decided_by IS NULL) = (decision IS NULL) AND (decided_at IS NULL) = (decision IS NULL))
);
CREATE INDEX request_open ON members.request (asked_at) WHERE decision IS NULL;

-- Set when the hub's second administrator was opened: the first one may do so alone, once for ever.
CREATE TABLE members.second_administrator (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    made_at  timestamptz NOT NULL
);
GRANT SELECT, INSERT ON members.second_administrator TO liaison_app;

-- Links that work once: the way in for a new person. Only the hash is kept.
CREATE TABLE members.invitation (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    account    text NOT NULL REFERENCES members.account,
    made_at    timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX invitation_account ON members.invitation (account);

-- What a node must forget of callers when it reads the change set in the log: of one account, or (null) of all.
CREATE TABLE members.access_change (
    change_set uuid NOT NULL,
    account    text
);
CREATE INDEX access_change_set ON members.access_change (change_set);

-- A person who signed in with a browser. Only the hash of what its cookie holds is kept.
CREATE TABLE members.session (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    account      text NOT NULL REFERENCES members.account,
    how          text NOT NULL CHECK (how IN ('passkey', 'password', 'recoveryCode', 'invitation')),
    browser      text NOT NULL,
    address      text NOT NULL,
    signed_in_at timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    until        timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX session_account ON members.session (account, signed_in_at);

-- The second half of a password. The key is encrypted with the keys that nodes share; a step of time is used once (RFC 6238 section 5.2).
CREATE TABLE members.authenticator (
    account   text PRIMARY KEY REFERENCES members.account,
    key       text NOT NULL,
    last_step bigint NOT NULL,
    made_at   timestamptz NOT NULL
);

-- For whom the authenticator is lost. Each works once; only the hash is kept.
CREATE TABLE members.recovery_code (
    account   text NOT NULL REFERENCES members.account,
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    PRIMARY KEY (account, code_hash)
);

-- Attempts to sign in, by the hash of the name or address they came with: what was typed as a name may be a password.
CREATE TABLE members.sign_in_attempt (
    key   bytea PRIMARY KEY,
    count integer NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_until ON members.sign_in_attempt (until);

-- RFC 7523 section 3, jti: an assertion is used once, on whatever node.
CREATE TABLE members.used_assertion (
    client text NOT NULL,
    jti    text NOT NULL,
    until  timestamptz NOT NULL,
    PRIMARY KEY (client, jti)
);
CREATE INDEX used_assertion_until ON members.used_assertion (until);

-- Keys that nodes share; the elements are encrypted with the key file, which is not in the database.
CREATE TABLE members.data_protection_key (
    name    text PRIMARY KEY,
    xml     text NOT NULL,
    made_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON members.member, members.desk, members.unit, members.account, members.agreement, members.request,
    members.invitation TO liaison_app;
GRANT DELETE ON members.desk, members.invitation TO liaison_app;
GRANT SELECT, INSERT ON members.access_change, members.data_protection_key TO liaison_app;
GRANT UPDATE (xml) ON members.data_protection_key TO liaison_app;
GRANT SELECT, INSERT, DELETE ON members.used_assertion TO liaison_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON members.session, members.authenticator, members.recovery_code, members.sign_in_attempt TO liaison_app;

-- The tables of ASP.NET Core Identity (schema version 3) and of OpenIddict, as their models describe them; a test compares.
CREATE TABLE members."AspNetUsers" (
    "Id" uuid NOT NULL,
    "UserName" character varying(256),
    "NormalizedUserName" character varying(256),
    "Email" character varying(256),
    "NormalizedEmail" character varying(256),
    "EmailConfirmed" boolean NOT NULL,
    "PasswordHash" text,
    "SecurityStamp" text,
    "ConcurrencyStamp" text,
    "PhoneNumber" character varying(256),
    "PhoneNumberConfirmed" boolean NOT NULL,
    "TwoFactorEnabled" boolean NOT NULL,
    "LockoutEnd" timestamp with time zone,
    "LockoutEnabled" boolean NOT NULL,
    "AccessFailedCount" integer NOT NULL,
    CONSTRAINT "PK_AspNetUsers" PRIMARY KEY ("Id")
);

CREATE TABLE members."OpenIddictApplications" (
    "Id" uuid NOT NULL,
    "ApplicationType" character varying(50),
    "ClientId" character varying(100),
    "ClientSecret" text,
    "ClientType" character varying(50),
    "ConcurrencyToken" character varying(50),
    "ConsentType" character varying(50),
    "DisplayName" text,
    "DisplayNames" text,
    "JsonWebKeySet" text,
    "Permissions" text,
    "PostLogoutRedirectUris" text,
    "Properties" text,
    "RedirectUris" text,
    "Requirements" text,
    "Settings" text,
    CONSTRAINT "PK_OpenIddictApplications" PRIMARY KEY ("Id")
);

CREATE TABLE members."OpenIddictScopes" (
    "Id" uuid NOT NULL,
    "ConcurrencyToken" character varying(50),
    "Description" text,
    "Descriptions" text,
    "DisplayName" text,
    "DisplayNames" text,
    "Name" character varying(200),
    "Properties" text,
    "Resources" text,
    CONSTRAINT "PK_OpenIddictScopes" PRIMARY KEY ("Id")
);

CREATE TABLE members."AspNetUserClaims" (
    "Id" integer GENERATED BY DEFAULT AS IDENTITY,
    "UserId" uuid NOT NULL,
    "ClaimType" text,
    "ClaimValue" text,
    CONSTRAINT "PK_AspNetUserClaims" PRIMARY KEY ("Id"),
    CONSTRAINT "FK_AspNetUserClaims_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES members."AspNetUsers" ("Id") ON DELETE CASCADE
);

CREATE TABLE members."AspNetUserLogins" (
    "LoginProvider" character varying(128) NOT NULL,
    "ProviderKey" character varying(128) NOT NULL,
    "ProviderDisplayName" text,
    "UserId" uuid NOT NULL,
    CONSTRAINT "PK_AspNetUserLogins" PRIMARY KEY ("LoginProvider", "ProviderKey"),
    CONSTRAINT "FK_AspNetUserLogins_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES members."AspNetUsers" ("Id") ON DELETE CASCADE
);

CREATE TABLE members."AspNetUserPasskeys" (
    "CredentialId" bytea NOT NULL,
    "UserId" uuid NOT NULL,
    "Data" jsonb NOT NULL,
    CONSTRAINT "PK_AspNetUserPasskeys" PRIMARY KEY ("CredentialId"),
    CONSTRAINT "FK_AspNetUserPasskeys_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES members."AspNetUsers" ("Id") ON DELETE CASCADE
);

CREATE TABLE members."AspNetUserTokens" (
    "UserId" uuid NOT NULL,
    "LoginProvider" character varying(128) NOT NULL,
    "Name" character varying(128) NOT NULL,
    "Value" text,
    CONSTRAINT "PK_AspNetUserTokens" PRIMARY KEY ("UserId", "LoginProvider", "Name"),
    CONSTRAINT "FK_AspNetUserTokens_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES members."AspNetUsers" ("Id") ON DELETE CASCADE
);

CREATE TABLE members."OpenIddictAuthorizations" (
    "Id" uuid NOT NULL,
    "ApplicationId" uuid,
    "ConcurrencyToken" character varying(50),
    "CreationDate" timestamp with time zone,
    "Properties" text,
    "Scopes" text,
    "Status" character varying(50),
    "Subject" character varying(400),
    "Type" character varying(50),
    CONSTRAINT "PK_OpenIddictAuthorizations" PRIMARY KEY ("Id"),
    CONSTRAINT "FK_OpenIddictAuthorizations_OpenIddictApplications_Application~" FOREIGN KEY ("ApplicationId") REFERENCES members."OpenIddictApplications" ("Id")
);

CREATE TABLE members."OpenIddictTokens" (
    "Id" uuid NOT NULL,
    "ApplicationId" uuid,
    "AuthorizationId" uuid,
    "ConcurrencyToken" character varying(50),
    "CreationDate" timestamp with time zone,
    "ExpirationDate" timestamp with time zone,
    "Payload" text,
    "Properties" text,
    "RedemptionDate" timestamp with time zone,
    "ReferenceId" character varying(100),
    "Status" character varying(50),
    "Subject" character varying(400),
    "Type" character varying(150),
    CONSTRAINT "PK_OpenIddictTokens" PRIMARY KEY ("Id"),
    CONSTRAINT "FK_OpenIddictTokens_OpenIddictApplications_ApplicationId" FOREIGN KEY ("ApplicationId") REFERENCES members."OpenIddictApplications" ("Id"),
    CONSTRAINT "FK_OpenIddictTokens_OpenIddictAuthorizations_AuthorizationId" FOREIGN KEY ("AuthorizationId") REFERENCES members."OpenIddictAuthorizations" ("Id")
);

CREATE INDEX "IX_AspNetUserClaims_UserId" ON members."AspNetUserClaims" ("UserId");

CREATE INDEX "IX_AspNetUserLogins_UserId" ON members."AspNetUserLogins" ("UserId");

CREATE INDEX "IX_AspNetUserPasskeys_UserId" ON members."AspNetUserPasskeys" ("UserId");

CREATE INDEX "EmailIndex" ON members."AspNetUsers" ("NormalizedEmail");

CREATE UNIQUE INDEX "UserNameIndex" ON members."AspNetUsers" ("NormalizedUserName");

CREATE UNIQUE INDEX "IX_OpenIddictApplications_ClientId" ON members."OpenIddictApplications" ("ClientId");

CREATE INDEX "IX_OpenIddictAuthorizations_ApplicationId_Status_Subject_Type" ON members."OpenIddictAuthorizations" ("ApplicationId", "Status", "Subject", "Type");

CREATE UNIQUE INDEX "IX_OpenIddictScopes_Name" ON members."OpenIddictScopes" ("Name");

CREATE INDEX "IX_OpenIddictTokens_ApplicationId_Status_Subject_Type" ON members."OpenIddictTokens" ("ApplicationId", "Status", "Subject", "Type");

CREATE INDEX "IX_OpenIddictTokens_AuthorizationId" ON members."OpenIddictTokens" ("AuthorizationId");

CREATE UNIQUE INDEX "IX_OpenIddictTokens_ReferenceId" ON members."OpenIddictTokens" ("ReferenceId");

GRANT SELECT, INSERT, UPDATE, DELETE ON members."AspNetUsers", members."AspNetUserClaims", members."AspNetUserLogins",
    members."AspNetUserPasskeys", members."AspNetUserTokens", members."OpenIddictApplications", members."OpenIddictScopes",
    members."OpenIddictAuthorizations", members."OpenIddictTokens" TO liaison_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA members TO liaison_app;

-- The command line, by which persons sign in on a device (RFC 8628). It keeps no secret, so it needs none.
INSERT INTO members."OpenIddictApplications" ("Id", "ApplicationType", "ClientId", "ClientType", "ConcurrencyToken", "ConsentType", "DisplayName",
    "Permissions")
VALUES (gen_random_uuid(), 'native', 'Liaison.Cli', 'public', gen_random_uuid()::text, 'explicit', 'Liaison command line',
    '["ept:device_authorization","ept:token","ept:revocation","gt:urn:ietf:params:oauth:grant-type:device_code","gt:refresh_token"]');
