"""The invariants as queries: each returns one text for each record that breaks the rule.

``%(at)s`` is this moment, ``%(at_nomination)s`` the streams (program and key) in which a nomination takes its place of the year.
"""

LIVE_EOI = "('submitted', 'in_pool', 'on_hold', 'evidence_requested', 'doubted', 'invited')"
LIVE_INVITATION = "('issued', 'accepted')"

# The message went to who represented the candidate or the employer when it was written.
_REPRESENTED = """EXISTS (
                SELECT FROM accounts_appointment t
                WHERE t.representative_id = n.to_id AND t.client_id IN ({file}.employer_id, {file}.candidate_id)
                    AND t.appointed_at <= n.queued_at AND (t.ended_at IS NULL OR t.ended_at >= n.queued_at))"""

QUERIES: dict[str, str] = {
    "a person has at most one live expression of interest": f"""
        SELECT min(reference) || ' and ' || max(reference) FROM eoi_expressionofinterest
        WHERE state IN {LIVE_EOI} GROUP BY live_scope, person_key HAVING count(*) > 1
    """,
    "places held and used are what the ledger's moves say": """
        WITH last AS (
            SELECT DISTINCT ON (about) about, allocation_id, kind FROM allocations_placemove
            WHERE kind <> 'change' ORDER BY about, step DESC
        )
        SELECT a.program || ' ' || a.year FROM allocations_allocation a LEFT JOIN last ON last.allocation_id = a.id
        GROUP BY a.id HAVING a.held <> count(*) FILTER (WHERE last.kind = 'hold')
            OR a.used <> count(*) FILTER (WHERE last.kind = 'use') OR a.held + a.used > a.places
    """,
    "every standing invitation has exactly its place": f"""
        WITH last AS (
            SELECT DISTINCT ON (about) about, kind FROM allocations_placemove
            WHERE kind <> 'change' ORDER BY about, step DESC
        ), standing AS (
            SELECT i.reference, f.state, coalesce(last.kind, '') AS kind, n.cancelled_at IS NOT NULL AS cancelled,
                i.program || ' ' || i.stream = ANY (%(at_nomination)s) AS unheld
            FROM invitations_invitation i LEFT JOIN last ON last.about = i.reference
            LEFT JOIN applications_application f ON f.invitation_id = i.id
            LEFT JOIN applications_nomination n ON n.application_id = f.id
            WHERE i.state IN {LIVE_INVITATION}
        )
        SELECT reference FROM standing WHERE CASE
            WHEN state = 'nominated' AND cancelled THEN kind <> 'release'
            WHEN state = 'nominated' THEN kind <> 'use'
            WHEN unheld THEN kind NOT IN ('', 'release')
            WHEN state IN ('refused', 'withdrawn', 'returned', 'lapsed') THEN kind <> 'release' ELSE kind <> 'hold' END
    """,
    "an invitation that ended holds no place": f"""
        WITH last AS (
            SELECT DISTINCT ON (about) about, kind FROM allocations_placemove
            WHERE kind <> 'change' ORDER BY about, step DESC
        )
        SELECT i.reference FROM invitations_invitation i JOIN last ON last.about = i.reference
        WHERE i.state NOT IN {LIVE_INVITATION} AND last.kind <> 'release'
    """,
    "every invitation stands on a selected entry, a promotion or an accepted repair of its draw": """
        SELECT i.reference FROM invitations_invitation i WHERE i.notification_id IS NULL AND NOT EXISTS (
            SELECT FROM draws_entry e JOIN draws_standing s ON s.entry_id = e.id
            WHERE e.draw_id = i.draw_id AND e.eoi_id = i.eoi_id AND s.selected
        ) AND NOT EXISTS (
            SELECT FROM draws_promotion p JOIN draws_entry e ON e.id = p.taken_id
            WHERE e.draw_id = i.draw_id AND e.eoi_id = i.eoi_id
        ) AND NOT EXISTS (
            SELECT FROM draws_repairline l JOIN draws_repairacceptance a ON a.repair_id = l.repair_id
            WHERE l.repair_id = i.repair_id AND l.eoi_id = i.eoi_id AND l.act = 'invite'
        )
    """,
    "no plan to repair a draw is both withdrawn and accepted": """
        SELECT 'repair ' || a.repair_id FROM draws_repairacceptance a JOIN draws_repairwithdrawal w ON w.repair_id = a.repair_id
    """,
    "in an issued draw nobody left out stands above one who was taken": """
        SELECT d.number FROM draws_draw d WHERE d.state = 'issued' AND (
            SELECT max(s.position) FROM draws_standing s JOIN draws_entry e ON e.id = s.entry_id
            WHERE e.draw_id = d.id AND s.selected
        ) > (
            SELECT min(s.position) FROM draws_standing s JOIN draws_entry e ON e.id = s.entry_id
            WHERE e.draw_id = d.id AND NOT s.selected
        )
    """,
    "an invited expression of interest has a standing invitation, and only then": f"""
        SELECT e.reference FROM eoi_expressionofinterest e WHERE (e.state = 'invited') <> EXISTS (
            SELECT FROM invitations_invitation i WHERE i.eoi_id = e.id AND i.state IN {LIVE_INVITATION}
        ) AND NOT (e.state = 'closed' AND EXISTS (
            SELECT FROM applications_application f JOIN invitations_invitation i ON i.id = f.invitation_id
            WHERE i.eoi_id = e.id AND f.state NOT IN
                ('filling', 'awaiting_payment', 'queued', 'in_assessment', 'information_requested', 'interview')
        ))
    """,
    "nobody was invited after a withdrawal, under a ban, or with an expired file": """
        SELECT i.reference FROM invitations_invitation i JOIN eoi_expressionofinterest e ON e.id = i.eoi_id
        WHERE e.valid_before <= i.issued_at OR (e.state IN ('withdrawn', 'refused') AND e.closed_at <= i.issued_at)
            OR EXISTS (
                SELECT FROM eoi_bar b WHERE b.program = e.program AND b.person_key = e.person_key
                AND b.from_at <= i.issued_at AND b.before > i.issued_at
                AND (b.lifted_at IS NULL OR b.lifted_at > i.issued_at)
            )
    """,
    "nothing was accepted at or after its deadline": """
        SELECT i.reference FROM invitations_invitation i
        WHERE i.accepted_at >= least(i.respond_by, i.begin_by) OR i.met_at >= i.respond_by
        UNION ALL
        SELECT f.reference || ' ' || p.key FROM applications_part p
        JOIN applications_application f ON f.id = p.application_id
        JOIN invitations_invitation i ON i.id = f.invitation_id
        WHERE p.submitted_at >= i.respond_by
    """,
    "nothing lapsed before its deadline": """
        SELECT reference FROM invitations_invitation WHERE state = 'lapsed'
        AND ended_at < CASE WHEN accepted_at IS NULL THEN least(respond_by, begin_by) ELSE respond_by END
        UNION ALL
        SELECT reference FROM eoi_expressionofinterest
        WHERE state = 'closed' AND closing_reason = 'expired' AND closed_at < valid_before
    """,
    "a promised deadline never got earlier": """
        SELECT i.reference FROM invitations_extension x JOIN invitations_invitation i ON i.id = x.invitation_id
        WHERE x.until <= x.before OR i.respond_by < x.until
    """,
    "every file that was handed in has its event, in a chain": """
        SELECT e.reference FROM eoi_expressionofinterest e WHERE e.first_submitted_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM core_auditevent a WHERE a.subject = e.reference AND a.event IN ('eoi.submitted', 'eoi.came_notified')
        )
        UNION ALL
        SELECT e.reference FROM eoi_expressionofinterest e WHERE e.state = 'invited' AND NOT EXISTS (
            SELECT FROM core_auditevent a WHERE a.subject = e.reference AND a.event IN ('eoi.invited', 'eoi.came_notified')
        )
        UNION ALL
        SELECT f.reference FROM applications_application f
        WHERE f.state IN ('nominated', 'refused') AND NOT EXISTS (
            SELECT FROM core_auditevent a WHERE a.subject = f.reference AND a.event = 'application.' || f.state
        )
    """,
    "every message about a file goes to one of its parties, to who represented one, or to staff": f"""
        SELECT n.message_id FROM notices_notice n JOIN accounts_person p ON p.id = n.to_id
        JOIN eoi_expressionofinterest e ON e.reference = n.about
        WHERE p.audience <> 'staff' AND n.to_id IS DISTINCT FROM e.employer_id AND n.to_id IS DISTINCT FROM e.candidate_id
            AND NOT {_REPRESENTED.format(file="e")}
        UNION ALL
        SELECT n.message_id FROM notices_notice n JOIN accounts_person p ON p.id = n.to_id
        JOIN applications_application f ON n.about IN (f.reference, f.file_number)
        WHERE p.audience <> 'staff' AND n.to_id IS DISTINCT FROM f.employer_id AND n.to_id <> f.candidate_id
            AND NOT {_REPRESENTED.format(file="f")}
            -- a link that an employer used with an account it had: its own was closed
            AND NOT (n.kind = 'employer_access' AND NOT p.is_active)
        UNION ALL
        SELECT n.message_id FROM notices_notice n JOIN accounts_person p ON p.id = n.to_id
        JOIN invitations_invitation i ON i.reference = n.about JOIN eoi_expressionofinterest e ON e.id = i.eoi_id
        WHERE p.audience <> 'staff' AND n.to_id IS DISTINCT FROM e.employer_id AND n.to_id IS DISTINCT FROM e.candidate_id
            AND NOT {_REPRESENTED.format(file="e")}
    """,
    "every act of a representative names a client who had appointed them": """
        SELECT a.subject || ' ' || a.number FROM core_auditevent a JOIN accounts_person p ON p.id = a.by_id
        WHERE p.audience = 'representative' AND left(a.subject, 8) <> 'account-' AND left(a.event, 15) <> 'representative.'
            AND a.event <> 'help.asked' AND NOT EXISTS (
                SELECT FROM accounts_appointment t
                WHERE t.representative_id = a.by_id AND t.client_id = a.for_person_id AND t.appointed_at <= a.at)
    """,
    "both parties of every invitation were written to": """
        SELECT i.reference FROM invitations_invitation i JOIN eoi_expressionofinterest e ON e.id = i.eoi_id
        WHERE e.employer_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM notices_notice n WHERE n.to_id = e.employer_id AND n.queued_at >= i.issued_at
                AND n.about IN (i.reference, e.reference))
            OR NOT EXISTS (SELECT FROM notices_notice n WHERE n.to_id = e.candidate_id AND n.queued_at >= i.issued_at
                AND n.about IN (i.reference, e.reference))
    """,
    "acts of two people have two people": """
        SELECT 'draw ' || number FROM draws_draw
        WHERE approved_by_id IN (conducted_by_id, selected_by_id) OR voided_by_id = void_asked_by_id
        UNION ALL SELECT 'fact change ' || id FROM eoi_factchange WHERE state = 'applied'
            AND points_before <> points_after AND confirmed_by_id IS NOT DISTINCT FROM by_id
        UNION ALL SELECT 'ban ' || id FROM eoi_bar WHERE by_id = confirmed_by_id
        UNION ALL SELECT 'left out ' || id FROM draws_leftout WHERE confirmed_by_id = asked_by_id
        UNION ALL SELECT 'repair ' || a.repair_id FROM draws_repairacceptance a JOIN draws_repair r ON r.id = a.repair_id
            WHERE a.accepted_by_id = r.planned_by_id
        UNION ALL SELECT 'decision ' || id FROM applications_decision WHERE by_id = drawn_by_id
        UNION ALL SELECT 'review ' || id FROM applications_reviewrequest WHERE decided_by_id IN (made_by_id, proposed_by_id)
        UNION ALL SELECT 'nomination ' || number FROM applications_nomination WHERE cancelled_by_id = cancel_asked_by_id
        UNION ALL SELECT number FROM express_entry_round WHERE approved_by_id = conducted_by_id
        UNION ALL SELECT reference FROM orders_order WHERE made_by_id = proposed_by_id
        UNION ALL SELECT 'review of order ' || order_id FROM orders_orderreview
            WHERE decided_by_id IN (proposed_by_id, made_by_id)
    """,
    "every contravention order that stands has its notice, its letter and its bar, and one set aside bars nobody": """
        SELECT o.reference FROM orders_order o WHERE o.state IN ('made', 'paid') AND (
            o.noticed_at IS NULL OR o.noticed_at > o.made_at
            OR NOT EXISTS (SELECT FROM notices_letter l WHERE l.about = o.reference AND l.kind = 'contravention_order')
            OR (o.ban_years > 0) <> EXISTS (SELECT FROM eoi_bar b WHERE b.order = o.reference AND b.lifted_at IS NULL
                AND b.before = o.ban_before AND b.person_key = o.person_key)
        )
        UNION ALL
        SELECT o.reference FROM orders_order o JOIN eoi_bar b ON b.order = o.reference
        WHERE o.state = 'set_aside' AND b.lifted_at IS NULL
    """,
    "every refusal of an expression of interest has its hearing and its letter with reasons": """
        SELECT e.reference FROM eoi_expressionofinterest e WHERE e.state = 'refused' AND (
            NOT EXISTS (SELECT FROM notices_letter l WHERE l.about = e.reference AND l.kind = 'eoi_refusal'
                AND l.made_at >= e.closed_at)
            OR NOT EXISTS (SELECT FROM eoi_doubt d WHERE d.eoi_id = e.id AND d.outcome = 'refused')
        )
    """,
    "every refusal of an application has its letter with reasons": """
        SELECT f.reference FROM applications_decision d JOIN applications_application f ON f.id = d.application_id
        WHERE d.kind = 'refusal' AND NOT EXISTS (
            SELECT FROM notices_letter l WHERE l.about IN (f.reference, f.file_number) AND l.made_at >= d.at
        )
    """,
    "file numbers follow the order in which files were complete": """
        SELECT file_number FROM (
            SELECT file_number, received_at,
                lag(received_at) OVER (PARTITION BY program, left(file_number, -6) ORDER BY file_number) AS before
            FROM applications_application WHERE file_number IS NOT NULL
        ) AS numbered WHERE received_at < before
    """,
    "a file taken out of turn says why": """
        SELECT f.file_number FROM applications_application f WHERE f.taken_at IS NOT NULL AND EXISTS (
            SELECT FROM applications_application o WHERE o.program = f.program AND o.id <> f.id
            AND o.received_at < f.received_at AND o.state = 'queued' AND o.taken_at IS NULL
        ) AND NOT EXISTS (SELECT FROM applications_outofturn t WHERE t.application_id = f.id)
    """,
    "nothing is dated later than now": """
        SELECT 'event ' || id FROM core_auditevent WHERE at > %(at)s
        UNION ALL SELECT 'message ' || id FROM notices_notice WHERE queued_at > %(at)s
    """,
    "no payment is paid twice, and nothing more goes back than came in": """
        SELECT p.reference FROM payments_payment p JOIN payments_paymentstep s ON s.payment_id = p.id GROUP BY p.id
        HAVING count(*) FILTER (WHERE s.kind = 'paid') > 1
            OR coalesce(sum(s.amount_cents) FILTER (WHERE s.kind = 'refunded'), 0)
                > coalesce(sum(s.amount_cents) FILTER (WHERE s.kind = 'paid'), 0)
            OR coalesce(sum(s.amount_cents) FILTER (WHERE s.kind = 'surplus_refunded'), 0)
                > coalesce(sum(s.amount_cents) FILTER (WHERE s.kind = 'surplus'), 0)
    """,
    "what came in and went back is what was asked for": """
        SELECT p.reference || ' ' || s.number FROM payments_payment p JOIN payments_paymentstep s ON s.payment_id = p.id
        WHERE s.amount_cents <> p.amount_cents
        UNION ALL
        SELECT p.reference FROM payments_payment p JOIN payments_attempt a ON a.id = p.settled_by_id
        WHERE a.total * 100 <> p.amount_cents OR a.captured_amount <> a.total OR a.payment_id <> p.id
    """,
    "a payment is where its steps say": """
        WITH told AS (
            SELECT p.id, p.reference, p.state, coalesce(array_agg(s.kind) FILTER (WHERE s.id IS NOT NULL), '{}') AS kinds
            FROM payments_payment p LEFT JOIN payments_paymentstep s ON s.payment_id = p.id GROUP BY p.id
        )
        SELECT reference FROM told
        WHERE (state IN ('paid', 'refunding', 'refunded')) <> ('paid' = ANY (kinds))
            OR (state IN ('refunding', 'refunded')) <> ('refund_asked' = ANY (kinds))
            OR (state = 'refunded') <> ('refunded' = ANY (kinds)) OR 'asked' <> ALL (kinds)
    """,
    "every payment made has its receipt, and every refund its confirmation": """
        SELECT p.reference FROM payments_payment p
        WHERE p.paid_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM notices_letter l WHERE l.number = p.receipt AND l.to_id = p.payer_id
        ) OR p.refunded_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM notices_letter l WHERE l.number = p.refund_note AND l.to_id = p.payer_id
        )
    """,
    "a notification taken up has its file and its invitation, within its time": """
        SELECT n.reference FROM express_entry_notification n WHERE (n.taken_up_at IS NOT NULL) <> EXISTS (
            SELECT FROM invitations_invitation i JOIN eoi_expressionofinterest e ON e.id = i.eoi_id
            WHERE i.notification_id = n.id AND e.candidate_id = n.taken_up_by_id AND i.issued_at = n.issued_at
            AND i.respond_by >= n.respond_by AND e.opened_at = n.taken_up_at AND i.stream = n.stream
        )
    """,
    "an issued round notified those it found, each once, or says why not": """
        SELECT r.number FROM express_entry_round r WHERE r.state = 'issued' AND (
            SELECT count(*) FROM express_entry_roundentry e
            LEFT JOIN express_entry_notification n ON n.entry_id = e.id AND n.round_id = r.id
            LEFT JOIN express_entry_notnotified x ON x.entry_id = e.id
            WHERE e.round_id = r.id AND (n.id IS NULL) <> (x.id IS NULL)
        ) IS DISTINCT FROM r.found::bigint
        UNION ALL
        SELECT n.reference FROM express_entry_notification n JOIN express_entry_round r ON r.id = n.round_id
        WHERE r.state <> 'issued' OR n.issued_at <> r.issued_at OR n.respond_by <> r.respond_by
    """,
    "every federal profile came with a file of its program that was taken in": """
        SELECT p.program || ' profile ' || p.id FROM express_entry_federalprofile p
        JOIN express_entry_profileload f ON f.id = p.first_load_id JOIN express_entry_profileload l ON l.id = p.load_id
        WHERE NOT (f.accepted AND l.accepted) OR f.program <> p.program OR l.program <> p.program OR l.at <> p.loaded_at
    """,
}
