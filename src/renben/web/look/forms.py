"""How forms are drawn: every field with its label, hint and error tied together."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms and fields from the design system's templates."""

    form_template_name = "look/forms/form.html"
    field_template_name = "look/forms/field.html"
