"""Every route of the web service. Each view declares its permission; libraries' views are listed in guard."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import path
from django.views.i18n import set_language

from renben.web.api import routes as api
from renben.web.claims import views as claims
from renben.web.dashboards import views as dashboards
from renben.web.equality import views as equality
from renben.web.exchange import views as exchange
from renben.web.flow import views as flow
from renben.web.guard import views as guard
from renben.web.look import views as look
from renben.web.payments import views as payments
from renben.web.programme import views as programme
from renben.web.registry import views_consent as consent
from renben.web.registry import views_counter as counter
from renben.web.registry import views_export as export
from renben.web.registry import views_office as office
from renben.web.registry import views_paper as paper
from renben.web.registry import views_photo as photo
from renben.web.registry import views_resident as resident
from renben.web.registry import views_stays as stays
from renben.web.spotcheck import views as spotcheck

handler400 = "renben.web.look.errors.bad_request"
handler403 = "renben.web.look.errors.forbidden"
handler404 = "renben.web.look.errors.not_found"
handler429 = "renben.web.look.errors.too_many"
handler500 = "renben.web.look.errors.broken"

urlpatterns = [
    path("", look.welcome, name="welcome"),
    path("home/", look.home, name="home"),
    path("theme/", look.theme, name="theme"),
    path("language/", set_language, name="set_language"),
    path("demo/day/", look.demo_day, name="demo_day"),
    path("alive", look.alive, name="alive"),
    path("apply/<slug:kind>/", resident.guide, name="guide"),
    path("apply/<slug:kind>/begin/", resident.begin, name="begin"),
    path("services/", claims.services, name="services"),
    path("services/<slug:service>/", claims.service, name="service"),
    path("services/<slug:service>/claim/", claims.claim, name="service_claim"),
    path("services/<slug:service>/offer/", claims.offer, name="offer_answer"),
    path("my/cases/", resident.my_cases, name="my_cases"),
    path("my/cases/<uuid:case_id>/", resident.my_case, name="my_case"),
    path("my/cases/<uuid:case_id>/check/", resident.check, name="check"),
    path("my/cases/<uuid:case_id>/reconsider/", resident.reconsider, name="reconsider"),
    path("my/cases/<uuid:case_id>/opinion/", resident.opine, name="opine"),
    path("my/cases/<uuid:case_id>/step/<slug:action>/", resident.my_step, name="my_step"),
    path("my/cases/<uuid:case_id>/<slug:name>/", resident.question, name="question"),
    path("my/cases/<uuid:case_id>/<slug:name>/draft/", resident.draft, name="draft"),
    path("my/permit/", resident.my_permit, name="my_permit"),
    path("my/household/", resident.my_household, name="my_household"),
    path("my/entitlements/", resident.entitlements, name="entitlements"),
    path("my/data/", resident.my_data, name="my_data"),
    path("my/data/file/", resident.my_data_file, name="my_data_file"),
    path("my/consents/<slug:name>/give/", consent.give, name="consent_give"),
    path("my/consents/<int:consent_id>/confirm/", consent.confirm, name="consent_confirm"),
    path("my/consents/<int:consent_id>/withdraw/", consent.withdraw, name="consent_withdraw"),
    path("my/bind/", resident.bind, name="bind"),
    path("my/wards/<uuid:key>/give-up/", resident.give_up, name="give_up"),
    path("my/mandates/<int:mandate_id>/end/", resident.end_mandate, name="end_mandate"),
    path("confirm/", resident.confirm, name="confirm"),
    path("my/photo/", photo.my_photo, name="my_photo"),
    path("my/photo/give/", photo.give, name="photo_give"),
    path("my/photo/grants/<int:grant_id>/revoke/", photo.revoke, name="photo_revoke"),
    path("my/photo/<slug:name>.jpg", photo.my_picture, name="my_picture"),
    path("photo/", photo.collect, name="photo_collect"),
    path("stays/", stays.stays, name="stays"),
    path("stays/report/", stays.report, name="stay_report"),
    path("stays/accounts/", stays.accounts, name="stay_accounts"),
    path("stays/accounts/<int:row_id>/end/", stays.account_end, name="stay_account_end"),
    path("stays/join/", stays.join, name="stay_join"),
    path("stays/<uuid:key>/end/", stays.end, name="stay_end"),
    path("office/stays/", stays.office_stays, name="office_stays"),
    path("office/", office.queue, name="queue"),
    path("office/cases/<uuid:case_id>/", office.office_case, name="office_case"),
    path("office/cases/<uuid:case_id>/reveal/", office.reveal_case, name="reveal_case"),
    path("office/cases/<uuid:case_id>/photo/", photo.office_picture, name="office_picture"),
    path("office/cases/<uuid:case_id>/face/", photo.face, name="face"),
    path("office/cases/<uuid:case_id>/document/", office.document, name="document"),
    path("office/cases/<uuid:case_id>/links/", office.link, name="case_link"),
    path("office/cases/<uuid:case_id>/links/<int:link_id>/end/", office.unlink, name="case_unlink"),
    path("office/cases/<uuid:case_id>/step/<slug:action>/", office.office_step, name="office_step"),
    path("office/assist/", counter.begin, name="assist_begin"),
    path("office/assist/household/", counter.begin_household, name="assist_household"),
    path("office/assist/<uuid:case_id>/check/", counter.check, name="assist_check"),
    path("office/assist/<uuid:case_id>/<slug:name>/", counter.question, name="assist_question"),
    path("office/assist/<uuid:case_id>/<slug:name>/draft/", counter.draft, name="assist_draft"),
    path("office/cases/<uuid:case_id>/slip/", counter.slip, name="slip"),
    path("office/recovery/", counter.recoveries, name="counter_recoveries"),
    path(
        "office/recovery/<int:recovery_id>/second/", counter.recovery_second, name="counter_recovery_second"
    ),
    path("office/recovery/<int:recovery_id>/end/", counter.recovery_end, name="counter_recovery_end"),
    path("office/consents/", paper.find, name="consent_paper_find"),
    path("office/consents/<uuid:key>/", paper.record, name="consent_paper"),
    path("office/consents/scans/<uuid:paper_id>/", paper.scan, name="consent_scan"),
    path("office/search/", office.search, name="search"),
    path("office/people/<uuid:key>/", office.person, name="person"),
    path("office/people/<uuid:key>/emergency/", office.emergency, name="emergency"),
    path("office/exports/", export.exports, name="exports"),
    path("office/exports/ask/", export.ask, name="export_ask"),
    path("office/exports/<uuid:case_id>/", export.export, name="export"),
    path("office/exports/<uuid:case_id>/file/", export.file, name="export_file"),
    path("office/exports/<uuid:case_id>/step/<slug:action>/", export.step, name="export_step"),
    path("my/years/", exchange.my_years, name="my_years"),
    path("office/transfers/", exchange.transfers, name="transfers"),
    path("office/transfers/<uuid:case_id>/", exchange.transfer, name="transfer"),
    path("office/transfers/<uuid:case_id>/step/<slug:action>/", exchange.transfer_step, name="transfer_step"),
    path("sharing/", exchange.sharing, name="sharing"),
    path("sharing/ask/", exchange.sharing_ask, name="sharing_ask"),
    path("sharing/<uuid:case_id>/", exchange.sharing_request, name="sharing_request"),
    path("sharing/<uuid:case_id>/step/<slug:action>/", exchange.sharing_step, name="sharing_step"),
    path("sharing/<uuid:case_id>/use/", exchange.sharing_use, name="sharing_use"),
    path("sharing/<uuid:case_id>/send/", exchange.sharing_send, name="sharing_send"),
    path("population/", office.population, name="population"),
    path("population/areas/", exchange.areas, name="population_areas"),
    path("opinions/", office.opinions, name="opinions"),
    path("equality/", equality.page, name="equality"),
    path("spot-checks/", spotcheck.queue, name="spot_checks"),
    path("spot-checks/results/", spotcheck.results, name="spot_check_results"),
    path("spot-checks/<uuid:case_id>/", spotcheck.check, name="spot_check"),
    path("spot-checks/<uuid:case_id>/proof/", spotcheck.proof, name="spot_check_proof"),
    path("spot-checks/<uuid:case_id>/evidence/", spotcheck.evidence, name="spot_check_evidence"),
    path("spot-checks/<uuid:case_id>/step/<slug:action>/", spotcheck.step, name="spot_check_step"),
    path("payments/", payments.batches, name="payments"),
    path("payments/new/", payments.choose, name="payment_choose"),
    path("payments/new/preview/", payments.draw_up, name="payment_draw_up"),
    path("payments/ledger/", payments.ledger, name="payment_ledger"),
    path("payments/<uuid:case_id>/", payments.batch, name="payment"),
    path("payments/<uuid:case_id>/return/", payments.returned, name="payment_return"),
    path("payments/<uuid:case_id>/file/<slug:form>/", payments.file, name="payment_file"),
    path("payments/<uuid:case_id>/step/<slug:action>/", payments.step, name="payment_step"),
    path("take-up/", claims.take_up, name="take_up"),
    path("programme/", programme.board, name="board"),
    path("programme/tasks/", programme.tasks, name="tasks"),
    path("programme/open/", programme.open_tasks, name="open_tasks"),
    path("programme/unplaced/", programme.unplaced, name="unplaced"),
    path("programme/tasks/<uuid:case_id>/", programme.task, name="task"),
    path("programme/tasks/<uuid:case_id>/step/<slug:action>/", programme.task_step, name="task_step"),
    path("programme/tasks/<uuid:case_id>/evidence/<int:seq>/", programme.task_evidence, name="task_evidence"),
    path("programme/tasks/<uuid:case_id>/flow/<slug:way>/", programme.task_renew, name="task_renew"),
    path("programme/seats/", programme.seats, name="seats"),
    path("programme/seats/<int:seat_id>/take/", programme.seat_taken, name="seat_taken"),
    path("overview/", dashboards.overview, name="overview"),
    path("overview/measures/<int:number>/", dashboards.measure, name="measure"),
    path("overview/regions/<slug:code>/", dashboards.region, name="region"),
    path("overview/indicators/", dashboards.indicators, name="indicators"),
    path("overview/indicators/<slug:indicator>/", dashboards.indicator, name="indicator"),
    path("overview/indicators/<slug:indicator>/receipt/", dashboards.receipt, name="indicator_receipt"),
    path("overview/goals/<slug:goal>/", dashboards.goal, name="goal"),
    path("overview/data/<slug:dataset>/<str:period>/<str:vintage>/", dashboards.version, name="data_version"),
    path("overview/sources/<slug:source>/", dashboards.source, name="data_source"),
    path("flows/", flow.index, name="flows"),
    path("flows/<slug:kind>/<int:version>/", flow.show, name="flow"),
    path("flows/<slug:kind>/<int:version>/<slug:language>.svg", flow.picture, name="flow_picture"),
    path("flows/<slug:kind>/<int:version>.bpmn", flow.export, name="flow_bpmn"),
    path("accounts/", guard.accounts, name="accounts"),
    path("accounts/grant/", guard.grant, name="grant"),
    path("accounts/grants/<int:grant_id>/take/", guard.take, name="take"),
    path("accounts/<int:user_id>/unlock/", guard.unlock, name="unlock"),
    path("accounts/<int:user_id>/switch/", guard.disable, name="switch"),
    path("accounts/recovery/", guard.recoveries, name="recoveries"),
    path("accounts/recovery/<int:recovery_id>/second/", guard.recovery_second, name="recovery_second"),
    path("accounts/recovery/<int:recovery_id>/end/", guard.recovery_end, name="recovery_end"),
    path("audit/", guard.audit, name="audit"),
    path("audit/emergencies/<int:emergency_id>/", guard.review, name="review"),
    path("system/", guard.system, name="system"),
    path("system/bpmn/", flow.check, name="bpmn_check"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/signup/", account.signup, name="account_signup"),
    path("account/recover/", guard.recover, name="recover"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/again/", account.reauthenticate, name="account_reauthenticate"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("account/factor/", mfa.index, name="mfa_index"),
    path("account/factor/check/", mfa.authenticate, name="mfa_authenticate"),
    path("account/factor/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/factor/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/factor/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/keys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/keys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/keys/again/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/keys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/keys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/tokens/", guard.tokens, name="tokens_of_account"),
    path("account/tokens/<int:token_id>/", guard.revoke, name="revoke_token"),
    path("account/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    *api.routes(),
]
