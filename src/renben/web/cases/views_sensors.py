"""The page of the sensors, and the steps that register and end one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.web.cases import sensor_desk
from renben.web.guard.policy import route


@route("city.sensor", "GET", "POST")
def sensors(request: HttpRequest) -> HttpResponse:
    """Sensors of the water level, and the form that registers one."""
    if request.method == "POST":
        sensor_desk.register(request.actor, request.POST)
        return redirect("city_sensors")
    return render(request, "cases/sensors.html", sensor_desk.page(request.actor))


@route("city.sensor", "POST")
def sensor_end(request: HttpRequest, name: str) -> HttpResponse:
    """Listen to a sensor no longer."""
    sensor_desk.end(request.actor, name)
    return redirect("city_sensors")
